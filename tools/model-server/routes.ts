import type { ServerResponse } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { answerAnthropic } from './anthropic-routes.ts';
import { answerOf, type Answer, type AnswerTo, type Frame } from './answer.ts';
import { createBox } from './box.ts';
import { createLimits } from './buckets.ts';
import { answerFromEngine } from './engine-answer.ts';
import type { Engine, EngineQuestion } from './engine.ts';
import { answerOllama } from './ollama-routes.ts';
import { plainName } from './plain-name.ts';
import { createPrefixCache } from './prefix-cache.ts';
import { createChooser, type Fault, type Question, type Rule, type Scenario, type ScenarioModel } from './scenario.ts';
import { sendFrames, sendRaw, type Wire } from './send.ts';
import type { LoggedRequest } from './server.ts';

/** The connection of a request: aborted when the client is gone, told when the server is about to cut it. */
export type Line = {
  readonly gone: AbortSignal;
  readonly cutting: () => void;
  readonly vanish: (fault: Extract<Fault, { kind: 'vanish' }>) => void;
};

/** A request on its way through a protocol. */
export type Exchange = {
  readonly request: LoggedRequest;
  readonly res: ServerResponse;
  readonly line: Line;
  readonly body: Readonly<Record<string, unknown>>;
};

/** What a protocol says about a call that asks a model: how to count it, and how to write the answer. */
export type Talk = Omit<AnswerTo, 'model' | 'n' | 'fault'> & {
  readonly prompt: string;
  readonly wire: Wire;
  readonly frames: (answer: Answer, n: number) => Frame[];
  readonly whole: (answer: Answer, n: number) => object;
  readonly errorBody: (status: number, message: string) => unknown;
  readonly stream: boolean;
  readonly settle?: (output: number) => void;
  /** The same for an engine, where the protocol has one. */
  readonly asked?: EngineQuestion;
};

/** Both APIs, and what they remember: models in memory, limits, caches, and how often each rule has matched. */
export const createRoutes = (
  scenario: Scenario,
  { now, engine }: { readonly now: () => number; readonly engine: Engine | undefined },
) => {
  const { speed = 1 } = scenario;
  const pause = (ms: number, gone: AbortSignal): Promise<void> =>
    ms > 0 && !gone.aborted ? wait(ms / speed, undefined, { signal: gone }).catch(() => {}) : Promise.resolve();
  const choose = createChooser(scenario.rules);
  const chooseByPath = createChooser(scenario.rules.filter(({ path }) => path !== undefined));
  const limits = new Map<string, ReturnType<typeof createLimits>>();
  const loads: { model: string; numCtx: number }[] = [];
  let models = modelsOf(scenario);
  let anyModel = scenario.models === undefined;
  const newBox = () => createBox(scenario.box ?? {}, { now, pause, loads });
  let box = newBox();

  const world = {
    scenario,
    now,
    cache: createPrefixCache(now),
    box: () => box,
    models: (): readonly ScenarioModel[] => models,
    find: (name: string): ScenarioModel | undefined =>
      models.find((model) => plainName(model.name) === plainName(name)) ?? (anyModel ? { name } : undefined),
    add: (model: ScenarioModel) => {
      models = [...models.filter(({ name }) => plainName(name) !== plainName(model.name)), model];
    },
    remove: (model: ScenarioModel) => {
      models = models.filter(({ name }) => name !== model.name);
      anyModel = false;
    },
    limitsOf: (key: string) => {
      const there = limits.get(key) ?? createLimits(scenario.limits ?? {}, { now, speed });
      limits.set(key, there);
      return there;
    },
    pause,
    /** Answers a call to a model from the scenario, or from the engine where the scenario leaves it open. */
    talk: async (exchange: Exchange, { prompt, settle, asked, ...how }: Talk) => {
      const { request, res, line, body } = exchange;
      const model = String(body['model']);
      const question: Question = { path: pathOf(request), model, prompt, body };
      const rule = choose(question);
      if (!rule)
        return json(res, 400, how.errorBody(400, `The scenario ${scenario.name} has no rule for this request`));
      const { fault } = rule;
      if (engine && asked && !fault && !rule.reply) return answerFromEngine(exchange, how, { engine, asked });
      const reply = replyOf(rule, question);
      for (const [name, value] of Object.entries(reply.headers ?? {})) res.setHeader(name, value);
      if (fault && strikesWhole(fault, res, line)) return;
      if (fault?.kind === 'status') return sendStatus(res, fault, how.errorBody);
      if (reply.raw) {
        if (reply.raw.cut) line.cutting();
        return sendRaw(res, reply.raw);
      }
      const answer = answerOf(reply, { ...how, model, n: request.n, fault });
      settle?.(answer.usage?.output ?? 0);
      const sending = {
        wire: how.wire,
        fault,
        pace: reply.pace,
        gone: line.gone,
        pause: (ms: number) => pause(ms, line.gone),
      };
      if (!how.stream && fault?.kind !== 'hang') return json(res, 200, how.whole(answer, request.n));
      if (fault && ['cut', 'reset', 'half_line', 'stream_error'].includes(fault.kind)) line.cutting();
      return sendFrames(res, how.frames(answer, request.n), sending);
    },
  };

  const answer = async (request: LoggedRequest, res: ServerResponse, line: Line): Promise<void> => {
    const body = recordOf(request.body);
    const exchange = { request, res, line, body };
    if (pathOf(request).startsWith('/v1/'))
      return pathOf(request) === '/v1/messages' || !(await answerByPath(exchange))
        ? answerAnthropic(exchange, world)
        : undefined;
    return asksModel(pathOf(request)) || !(await answerByPath(exchange)) ? answerOllama(exchange, world) : undefined;
  };
  /** Recordings, and boxes that are ill, answer questions that ask no model, too; only rules with a path are meant for these. */
  const answerByPath = async ({ request, res, line, body }: Exchange): Promise<boolean> => {
    const question = { path: pathOf(request), model: String(body['model'] ?? ''), prompt: promptOf(body), body };
    const rule = chooseByPath(question);
    if (!rule) return false;
    const { fault } = rule;
    if (fault?.kind === 'slow') await pause(fault.ms, line.gone);
    if (fault?.kind === 'hang' || (fault && strikesWhole(fault, res, line))) return true;
    if (fault?.kind === 'status') {
      sendStatus(res, fault, (_status, message) => ({ error: message }));
      return true;
    }
    const { raw } = replyOf(rule, question);
    if (raw) await sendRaw(res, raw);
    return raw !== undefined;
  };
  return {
    answer,
    loads,
    /** The box was away: nothing is loaded, and it may have other models. */
    restart: (others: readonly ScenarioModel[] | undefined) => {
      box = newBox();
      if (!others) return;
      models = [...others];
      anyModel = false;
    },
  };
};

/** What both protocols know. */
export type World = Parameters<typeof answerOllama>[1];

const modelsOf = ({ models, rules }: Scenario): readonly ScenarioModel[] =>
  models ??
  [...new Set(rules.flatMap(({ model }) => (model === undefined || model.endsWith('*') ? [] : [model])))].map(
    (name) => ({
      name,
    }),
  );

const replyOf = ({ reply = {} }: Rule, question: Question) => (typeof reply === 'function' ? reply(question) : reply);

/** The faults that end a connection before anything is said. */
const strikesWhole = (fault: Fault, res: ServerResponse, line: Line): boolean => {
  if (fault.kind !== 'refuse' && fault.kind !== 'vanish') return false;
  line.cutting();
  res.socket?.resetAndDestroy();
  if (fault.kind === 'vanish') line.vanish(fault);
  return true;
};

const asksModel = (path: string): boolean => ['/api/chat', '/api/generate'].includes(path);

/** The path of a request without its query. */
export const pathOf = (request: LoggedRequest): string => request.path.split('?')[0] ?? '';

/** An object, or an empty one. */
export const recordOf = (value: unknown): Readonly<Record<string, unknown>> =>
  value !== null && typeof value === 'object' ? (value as Record<string, unknown>) : {};

/** Every text of a prompt, of either API, in the order in which the model would read it. */
export const promptOf = (body: Readonly<Record<string, unknown>>): string => {
  const texts = (value: unknown): string[] => {
    if (typeof value === 'string') return [value];
    if (Array.isArray(value)) return value.flatMap(texts);
    return ['text', 'content'].flatMap((key) =>
      recordOf(value)[key] === undefined ? [] : texts(recordOf(value)[key]),
    );
  };
  return [body['system'], body['prompt'], body['messages']].flatMap(texts).join('\n');
};

/** Answers with JSON. */
export const json = (res: ServerResponse, status: number, body: unknown): void =>
  void res.writeHead(status, { 'content-type': 'application/json; charset=utf-8' }).end(JSON.stringify(body));

const sendStatus = (
  res: ServerResponse,
  { status, body, headers }: Extract<Fault, { kind: 'status' }>,
  errorBody: (status: number, message: string) => unknown,
): void => {
  for (const [name, value] of Object.entries(headers ?? {})) res.setHeader(name, value);
  if (typeof body === 'string') return void res.writeHead(status, { 'content-type': 'text/html' }).end(body);
  json(res, status, body ?? errorBody(status, `The scenario answers ${status}`));
};
