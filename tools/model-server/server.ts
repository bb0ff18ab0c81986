import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import * as anthropic from './anthropic-api.ts';
import { answerOf, tokens, type Answer, type Frame } from './answer.ts';
import * as ollama from './ollama-api.ts';
import { createChooser, plainName, type Fault, type Scenario, type ScenarioModel } from './scenario.ts';
import { sendFrames, type Wire } from './send.ts';

/** One request as it arrived. `ended` tells who closed it: the answer was complete, the server cut it, or the client left. */
export type LoggedRequest = {
  readonly n: number;
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: unknown;
  readonly ended: Promise<'complete' | 'cut' | 'client_closed'>;
};

/** A running double. */
export type ModelServer = {
  readonly url: string;
  readonly requests: readonly LoggedRequest[];
  /** Waits until the n-th request (from 1) has been read. */
  readonly received: (n: number) => Promise<LoggedRequest>;
  readonly stop: () => Promise<void>;
};

const loopback = ['127.0.0.1', '::1', 'localhost'];

/**
 * Starts a double of Ollama and of the Messages API on one loopback port. The same requests in the same order get the same bytes.
 * Throws when `host` is anything but loopback: whoever can reach a double can make an agent believe it.
 */
export const startModelServer = async ({
  scenario,
  port = 0,
  host = '127.0.0.1',
  onRequest = () => {},
}: {
  readonly scenario: Scenario;
  readonly port?: number;
  readonly host?: string;
  readonly onRequest?: (request: LoggedRequest) => void;
}): Promise<ModelServer> => {
  if (!loopback.includes(host))
    throw new Error(`The model server is a double and binds to loopback only, not to ${host}`);
  const requests: LoggedRequest[] = [];
  const waiting = new Set<() => void>();
  const answerRequest = createRoutes(scenario);

  const server = createServer((req, res) => {
    void (async () => {
      res.setHeader('x-hive-double', scenario.name);
      const body = await readBody(req);
      const gone = new AbortController();
      const ended = Promise.withResolvers<'complete' | 'cut' | 'client_closed'>();
      let cut = false;
      res.on('close', () => {
        gone.abort();
        ended.resolve(cut ? 'cut' : res.writableFinished ? 'complete' : 'client_closed');
      });
      const request: LoggedRequest = {
        n: requests.length + 1,
        method: req.method ?? 'GET',
        path: req.url ?? '/',
        headers: req.headers,
        body,
        ended: ended.promise,
      };
      requests.push(request);
      onRequest(request);
      for (const wake of waiting) wake();
      await answerRequest(request, res, { gone: gone.signal, cutting: () => (cut = true) });
    })().catch((error: unknown) => res.destroy(error instanceof Error ? error : undefined));
  });
  await new Promise<void>((listening, failed) => {
    server.once('error', failed);
    server.listen(port, host, listening);
  });

  return {
    url: `http://${host === '::1' ? '[::1]' : host}:${(server.address() as AddressInfo).port}`,
    requests,
    received: (n) =>
      new Promise((resolve) => {
        const look = () => {
          const request = requests[n - 1];
          if (!request) return;
          waiting.delete(look);
          resolve(request);
        };
        waiting.add(look);
        look();
      }),
    stop: () =>
      new Promise((stopped) => {
        server.close(() => stopped());
        server.closeAllConnections();
      }),
  };
};

const readBody = async (req: IncomingMessage): Promise<unknown> => {
  const chunks: Buffer[] = [];
  for await (const chunk of req) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString('utf8');
  if (text === '') return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
};

type Line = { readonly gone: AbortSignal; readonly cutting: () => void };
type Body = Record<string, unknown>;

/** The routes of both APIs. Keeps which models Ollama has loaded, and nothing else. */
const createRoutes = (scenario: Scenario) => {
  const choose = createChooser(scenario.rules);
  const loaded = new Map<string, { model: ScenarioModel; numCtx: number | undefined }>();
  const models: readonly ScenarioModel[] =
    scenario.models ??
    [
      ...new Set(
        scenario.rules.flatMap((rule) => (rule.model === undefined || rule.model.endsWith('*') ? [] : [rule.model])),
      ),
    ].map((name) => ({ name }));
  const find = (name: string): ScenarioModel | undefined =>
    models.find((model) => plainName(model.name) === plainName(name)) ?? (scenario.models ? undefined : { name });

  type Talk = {
    readonly wire: Wire;
    readonly frames: (answer: Answer, n: number) => Frame[];
    readonly whole: (answer: Answer, n: number) => object;
    readonly errorBody: (status: number, message: string) => unknown;
    readonly stream: boolean;
  };
  const talk = async (
    request: LoggedRequest,
    res: ServerResponse,
    line: Line,
    { prompt, ...how }: Talk & { prompt: string },
  ) => {
    const model = String((request.body as Body)['model']);
    const rule = choose({ model, prompt });
    if (!rule) return json(res, 400, how.errorBody(400, `The scenario ${scenario.name} has no rule for this request`));
    const { fault, reply = {} } = rule;
    if (fault?.kind === 'refuse') {
      line.cutting();
      return void res.socket?.resetAndDestroy();
    }
    for (const [name, value] of Object.entries(reply.headers ?? {})) res.setHeader(name, value);
    if (fault?.kind === 'status') return sendStatus(res, fault, how.errorBody);
    const answer = answerOf(reply, { model, prompt, n: request.n, fault });
    if (!how.stream && fault?.kind !== 'hang') return json(res, 200, how.whole(answer, request.n));
    if (fault && ['cut', 'reset', 'half_line', 'stream_error'].includes(fault.kind)) line.cutting();
    return sendFrames(res, how.frames(answer, request.n), { wire: how.wire, fault, gone: line.gone });
  };

  const askOllama = (request: LoggedRequest, res: ServerResponse, line: Line) => {
    const body = bodyOf(request);
    const model = find(String(body['model'] ?? ''));
    if (!model) return json(res, 404, { error: `model '${String(body['model'])}' not found` });
    const chat = request.path === '/api/chat';
    const numCtx = (body['options'] as { num_ctx?: number } | undefined)?.num_ctx;
    if (body['keep_alive'] === 0) loaded.delete(plainName(model.name));
    else loaded.set(plainName(model.name), { model, numCtx });
    if (chat ? !hasItems(body['messages']) : !body['prompt']) {
      const idle = {
        model: String(body['model']),
        created_at: ollama.moment(request.n),
        done: true,
        done_reason: body['keep_alive'] === 0 ? 'unload' : 'load',
      };
      return json(
        res,
        200,
        chat ? { ...idle, message: { role: 'assistant', content: '' } } : { ...idle, response: '' },
      );
    }
    return talk(request, res, line, {
      prompt: promptOf(body),
      wire: ollama.ollamaWire,
      frames: chat ? ollama.chatFrames : ollama.generateFrames,
      whole: chat ? ollama.chatWhole : ollama.generateWhole,
      errorBody: (_status, message) => ({ error: message }),
      stream: body['stream'] !== false,
    });
  };

  const askAnthropic = (request: LoggedRequest, res: ServerResponse, line: Line) => {
    const path = request.path.split('?')[0] ?? '';
    res.setHeader('request-id', `req_double_${String(request.n).padStart(6, '0')}`);
    const fail = (status: number, message: string) =>
      json(res, status, anthropic.errorBody(anthropic.errorType(status), message));
    const bearer = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1];
    const key = bearer ?? request.headers['x-api-key'];
    if (!key || (scenario.apiKey !== undefined && key !== scenario.apiKey)) return fail(401, 'invalid x-api-key');
    if (!request.headers['anthropic-version']) return fail(400, 'anthropic-version: header is required');

    if (request.method === 'GET' && path === '/v1/models')
      return json(res, 200, {
        data: models.map(anthropic.modelOf),
        has_more: false,
        first_id: models[0]?.name ?? null,
        last_id: models.at(-1)?.name ?? null,
      });
    if (request.method === 'GET' && path.startsWith('/v1/models/')) {
      const model = find(decodeURIComponent(path.slice('/v1/models/'.length)));
      return model ? json(res, 200, anthropic.modelOf(model)) : fail(404, `model: ${path.slice('/v1/models/'.length)}`);
    }
    const body = bodyOf(request);
    if (request.method !== 'POST' || !['/v1/messages', '/v1/messages/count_tokens'].includes(path))
      return fail(404, 'Not found');
    if (!find(String(body['model'] ?? ''))) return fail(404, `model: ${String(body['model'])}`);
    if (path === '/v1/messages/count_tokens') return json(res, 200, { input_tokens: tokens(promptOf(body)) });
    if (typeof body['max_tokens'] !== 'number') return fail(400, 'max_tokens: Field required');
    return talk(request, res, line, {
      prompt: promptOf(body),
      wire: anthropic.anthropicWire,
      frames: anthropic.messageFrames,
      whole: anthropic.messageWhole,
      errorBody: (status, message) => anthropic.errorBody(anthropic.errorType(status), message),
      stream: body['stream'] === true,
    });
  };

  return async (request: LoggedRequest, res: ServerResponse, line: Line): Promise<void> => {
    const { method, path } = request;
    if (path.startsWith('/v1/')) return askAnthropic(request, res, line);
    switch (`${method === 'HEAD' ? 'GET' : method} ${path}`) {
      case 'GET /':
        return void res.writeHead(200, { 'content-type': 'text/plain; charset=utf-8' }).end('Ollama is running');
      case 'GET /api/version':
        return json(res, 200, { version: '0.12.0' });
      case 'GET /api/tags':
        return json(res, 200, { models: models.map(ollama.tagOf) });
      case 'GET /api/ps':
        return json(res, 200, {
          models: [...loaded.values()].map(({ model, numCtx }) => ollama.loadedOf(model, { numCtx })),
        });
      case 'POST /api/show': {
        const name = String(bodyOf(request)['model'] ?? bodyOf(request)['name'] ?? '');
        const model = find(name);
        return model ? json(res, 200, ollama.shownOf(model)) : json(res, 404, { error: `model '${name}' not found` });
      }
      case 'POST /api/chat':
      case 'POST /api/generate':
        return askOllama(request, res, line);
      default:
        return void res.writeHead(404, { 'content-type': 'text/plain' }).end('404 page not found');
    }
  };
};

const bodyOf = (request: LoggedRequest): Body =>
  request.body !== null && typeof request.body === 'object' ? (request.body as Body) : {};
const hasItems = (value: unknown): boolean => Array.isArray(value) && value.length > 0;

/** Every text of a prompt, of either API, in the order in which the model would read it. */
const promptOf = (body: Body): string => {
  const texts = (value: unknown): string[] => {
    if (typeof value === 'string') return [value];
    if (Array.isArray(value)) return value.flatMap(texts);
    if (value === null || typeof value !== 'object') return [];
    return ['text', 'content'].flatMap((key) => texts((value as Body)[key]));
  };
  return [body['system'], body['prompt'], body['messages']].flatMap(texts).join('\n');
};

const json = (res: ServerResponse, status: number, body: unknown): void =>
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
