import type { Box } from './box.ts';
import { createHash } from 'node:crypto';
import { tokens } from './answer.ts';
import type { EngineQuestion } from './engine.ts';
import * as ollama from './ollama-api.ts';
import { json, promptOf, recordOf, type Exchange, type Talk } from './routes.ts';
import type { Scenario, ScenarioModel } from './scenario.ts';

/** What Ollama's API needs to know of the double. */
type OllamaWorld = {
  readonly scenario: Scenario;
  readonly now: () => number;
  readonly box: () => Box;
  readonly models: () => readonly ScenarioModel[];
  readonly find: (name: string) => ScenarioModel | undefined;
  readonly add: (model: ScenarioModel) => void;
  readonly remove: (model: ScenarioModel) => void;
  readonly talk: (exchange: Exchange, talk: Talk) => Promise<void>;
};

/** `/api/…` and the greeting. */
export const answerOllama = (exchange: Exchange, world: OllamaWorld): void | Promise<void> => {
  const { request, res, body } = exchange;
  const name = String(body['model'] ?? body['name'] ?? '');
  const missing = () => json(res, 404, { error: `model '${name}' not found` });
  switch (`${request.method === 'HEAD' ? 'GET' : request.method} ${request.path}`) {
    case 'GET /':
      return void res.writeHead(200, { 'content-type': 'text/plain; charset=utf-8' }).end('Ollama is running');
    case 'GET /api/version':
      return json(res, 200, { version: '0.12.0' });
    case 'GET /api/tags':
      return json(res, 200, { models: world.models().map(ollama.tagOf) });
    case 'GET /api/ps':
      return json(res, 200, { models: world.box().resident().map(ollama.loadedOf) });
    case 'POST /api/show': {
      const model = world.find(name);
      return model ? json(res, 200, ollama.shownOf(model)) : missing();
    }
    case 'POST /api/chat':
    case 'POST /api/generate':
    case 'POST /api/embed': {
      const model = world.find(name);
      return model ? askModel(exchange, model, world) : missing();
    }
    case 'POST /api/pull':
      return pull(exchange, name, world);
    case 'DELETE /api/delete': {
      const model = world.find(name);
      if (!model) return missing();
      world.box().unload(model);
      world.remove(model);
      return void res.writeHead(200).end();
    }
    default:
      return void res.writeHead(404, { 'content-type': 'text/plain' }).end('404 page not found');
  }
};

const askModel = async (exchange: Exchange, model: ScenarioModel, world: OllamaWorld): Promise<void> => {
  const { request, res, body, line } = exchange;
  const chat = request.path === '/api/chat';
  const keepAliveMs = keepAliveOf(body['keep_alive']);
  const numCtx = numberIn(recordOf(body['options'])['num_ctx']) ?? world.scenario.box?.numCtx ?? 4096;
  const asks = request.path === '/api/embed' || (chat ? hasItems(body['messages']) : Boolean(body['prompt']));
  const idle = (done_reason: 'load' | 'unload') => {
    const end = { model: String(body['model']), created_at: ollama.moment(request.n), done: true, done_reason };
    return json(res, 200, chat ? { ...end, message: { role: 'assistant', content: '' } } : { ...end, response: '' });
  };
  if (!asks && keepAliveMs === 0) {
    world.box().unload(model);
    return idle('unload');
  }

  const entering = world.box().enter(model, { numCtx, keepAliveMs, gone: line.gone });
  if (!entering) return json(res, 503, { error: 'server busy, please try again.  maximum pending requests exceeded' });
  const seat = await entering;
  if (line.gone.aborted) return seat.leave();
  res.on('close', seat.leave);
  if (!asks) return idle('load');
  if (request.path === '/api/embed') return embed(exchange);

  // A prompt that is too long is cut without a word, from the front.
  const whole = promptOf(body);
  const prompt = tokens(whole) > numCtx ? whole.slice(-numCtx * 4) : whole;
  const maxTokens = numberIn(recordOf(body['options'])['num_predict']);
  return world.talk(exchange, {
    prompt,
    counted: { input: Math.min(tokens(whole), numCtx) },
    schema: body['format'],
    asked: questionOf(body, numCtx),
    ...(maxTokens !== undefined && maxTokens >= 0 ? { maxTokens } : {}),
    wire: ollama.ollamaWire,
    frames: (answer, n) => (chat ? ollama.chatFrames : ollama.generateFrames)(answer, n, seat.loadMs),
    whole: (answer, n) => (chat ? ollama.chatWhole : ollama.generateWhole)(answer, n, seat.loadMs),
    errorBody: (_status, message) => ({ error: message }),
    stream: body['stream'] !== false,
  });
};

/** A question as an engine takes it, of either way to ask. */
const questionOf = (body: Exchange['body'], numCtx: number): EngineQuestion => {
  const { seed, temperature, stop, num_predict } = recordOf(body['options']);
  const messages = Array.isArray(body['messages']) ? body['messages'].map(recordOf) : [];
  const turns = [
    ...(typeof body['system'] === 'string' ? [{ role: 'system', text: body['system'] }] : []),
    ...messages.map(({ role, content }) => ({ role: String(role), text: textOf(content) })),
    ...(body['prompt'] === undefined ? [] : [{ role: 'user', text: textOf(body['prompt']) }]),
  ];
  return {
    turns,
    numCtx,
    schema: body['format'],
    seed: numberIn(seed),
    temperature: numberIn(temperature),
    maxTokens: numberIn(num_predict),
    stop: [stop].flat().filter((word) => typeof word === 'string'),
  };
};

/** Vectors of length 1 that depend on the text only. */
const embed = ({ res, body }: Exchange): void => {
  const texts = Array.isArray(body['input']) ? body['input'].map(String) : [String(body['input'] ?? '')];
  const embeddings = texts.map((text) => {
    const numbers = [...createHash('sha256').update(text).digest().subarray(0, 16)].map((byte) => byte / 127.5 - 1);
    const length = Math.hypot(...numbers);
    return numbers.map((number) => number / length);
  });
  json(res, 200, {
    model: body['model'],
    embeddings,
    total_duration: 2_000_000,
    load_duration: 1_000_000,
    prompt_eval_count: texts.reduce((sum, text) => sum + tokens(text), 0),
  });
};

const pull = ({ res, body }: Exchange, name: string, { scenario, add }: OllamaWorld): void => {
  const { pullable } = scenario;
  const model = pullable ? pullable.find((one) => one.name === name) : { name };
  const { digest, size: total } = ollama.tagOf(model ?? { name });
  const layer = { status: `pulling ${digest.slice(0, 12)}`, digest: `sha256:${digest}`, total };
  const records = model
    ? [
        { status: 'pulling manifest' },
        ...[0, 0.5, 1].map((share) => ({ ...layer, completed: Math.floor(total * share) })),
        { status: 'verifying sha256 digest' },
        { status: 'writing manifest' },
        { status: 'success' },
      ]
    : [{ status: 'pulling manifest' }, { error: 'pull model manifest: file does not exist' }];
  if (model) add(model);
  if (body['stream'] === false) return json(res, model ? 200 : 500, records.at(-1));
  res.writeHead(200, { 'content-type': ollama.ollamaWire.contentType });
  for (const record of records) res.write(`${JSON.stringify(record)}\n`);
  res.end();
};

/** `keep_alive` as Ollama reads it: seconds, or a duration such as `10m`; below 0 is for ever. */
const keepAliveOf = (value: unknown): number | undefined => {
  if (value === undefined) return undefined;
  const [, amount, unit] = /^(-?[\d.]+)(ms|s|m|h)?$/.exec(String(value)) ?? [];
  const ms = Number(amount) * ({ ms: 1, s: 1000, m: 60_000, h: 3_600_000 }[unit ?? 's'] ?? 1000);
  if (Number.isNaN(ms)) return undefined;
  return ms < 0 ? 8.64e15 : ms;
};

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');
const numberIn = (value: unknown): number | undefined => (typeof value === 'number' ? value : undefined);
const hasItems = (value: unknown): boolean => Array.isArray(value) && value.length > 0;
