import { Ollama } from 'ollama';
import {
  estimateTokens,
  guardCall,
  guardedFetch,
  neverConnected,
  nothingSpent,
  parseEndpoint,
  spentError,
  streamBroken,
  type Capabilities,
  type Clock,
  type Model,
  type ModelRef,
} from '@hive/llm';
import { chatRequest, keepAlive } from './chat-request.ts';
import { machineClock } from './clock.ts';
import { embeddedOf, unknownUsage } from './embedded.ts';
import { answeredError, ollamaError, type Asked } from './ollama-error.ts';
import { createPoolFetch } from './pool-fetch.ts';
import { createReader } from './read-records.ts';
import { successOf } from './response-error.ts';
import { strictRecords, type RecordCheck } from './strict-records.ts';

/** How to reach one model on one box. Nothing is read from the environment. */
export type OllamaOptions = {
  readonly endpoint: string;
  readonly model: string;
  /** The name of the box in the configuration. */
  readonly box: string;
  /** The context of every call, in tokens. One number per model: another one makes the box load the model again. */
  readonly numCtx?: number;
  /** How long the box may say nothing while it loads the model and reads the prompt. */
  readonly loadMs?: number;
  readonly fetch?: typeof fetch;
  readonly clock?: Clock;
};

/** Ollama's own default may be as low as 4,096, which cuts a repository map. */
const defaultNumCtx = 16_384;
/** No headers come before the model is loaded and the prompt is read: minutes, for a big model on a cold box. */
const defaultLoadMs = 300_000;

/**
 * A model on a box that runs Ollama. One call is one request with a client of its own, always streamed; a line that the client would
 * drop ends the call. Throws `config.invalid` for plain HTTP to anything but this machine or a private network.
 */
export const createOllama = (options: OllamaOptions): Model => {
  const { model, box, numCtx = defaultNumCtx, loadMs = defaultLoadMs, clock = machineClock } = options;
  const endpoint = parseEndpoint(options.endpoint, { names: 'resolve' });
  const destination = endpoint.host;
  const ref: ModelRef = { provider: 'ollama', model, box };
  const send = options.fetch ?? createPoolFetch(endpoint);
  const asked = (): Asked => ({ destination, box, model, now: clock.now() });
  const host = endpoint.href.replace(/\/$/, '');
  const clientFor = (watched: typeof fetch) =>
    new Ollama({ host, fetch: async (url, init) => successOf(await watched(url, init)) });

  const checkOf = (headers: Headers): RecordCheck => ({
    isLast: (record) => {
      if (typeof record['error'] === 'string')
        throw answeredError(500, JSON.stringify(record), { ...asked(), headers });
      return record['done'] === true;
    },
    broken: (why) => streamBroken(destination, new Error(why)),
  });

  return {
    ref,
    destination,
    async *call(request, run) {
      const guard = guardCall(run, { clock, phase: 'load', waitMs: loadMs });
      const reader = createReader({
        clock,
        destination,
        maxTokens: request.maxTokens,
        numCtx,
        wantsJson: request.output !== undefined,
      });
      let answer: Response | undefined;
      const watched = guardedFetch(send, guard, {
        onResponse: (response) => {
          reader.headers(response.headers);
          answer = response;
        },
      });
      try {
        // The client asks. What comes is read here, because the client drops lines that it cannot read.
        await clientFor(watched).chat(chatRequest(request, { model, numCtx }));
        const bytes: AsyncIterable<Uint8Array> = answer?.body ?? ReadableStream.from([]);
        for await (const records of strictRecords(bytes, checkOf(answer?.headers ?? new Headers())))
          for (const record of records)
            for (const chunk of reader.read(record)) {
              guard.enter('idle');
              yield chunk;
            }
        const done = reader.end();
        // A connection that is read to its end serves the next call.
        guard.linger(lingerMs);
        await readOut(bytes);
        yield done;
      } catch (error) {
        throw spentError(ollamaError(error, guard, asked()), reader.spent(guard.sent() && !neverConnected(error)));
      } finally {
        guard.stop();
      }
    },
    capabilities: async ({ onSent: _ofTheCall, ...run }) => {
      const guard = guardCall(run, { clock, phase: 'connect' });
      const client = clientFor(guardedFetch(send, guard));
      try {
        const [shown, loaded] = await Promise.all([client.show({ model }), client.ps()]);
        const resident = loaded.models.some(({ name }) => plainName(name) === plainName(model));
        return capabilitiesOf(shown, { numCtx, resident, at: new Date(clock.now()).toISOString() });
      } catch (error) {
        throw ollamaError(error, guard, asked());
      } finally {
        guard.stop();
      }
    },
    embed: async (texts, run) => {
      const guard = guardCall(run, { clock, phase: 'load', waitMs: loadMs });
      const startedAt = clock.now();
      try {
        const client = clientFor(guardedFetch(send, guard));
        return embeddedOf(await client.embed({ model, input: [...texts], truncate: false, keep_alive: keepAlive }), {
          texts,
          destination,
        });
      } catch (error) {
        const sent = guard.sent() && !neverConnected(error);
        const totalMs = clock.now() - startedAt;
        throw spentError(ollamaError(error, guard, asked()), {
          usage: sent ? unknownUsage : { ...nothingSpent, costBasis: 'local' },
          timing: { queuedMs: 0, firstTokenMs: null, decodeMs: 0, totalMs },
          sent,
        });
      } finally {
        guard.stop();
      }
    },
    count: (request) => Promise.resolve({ tokens: estimateTokens(request), exact: false }),
  };
};

/** How long a box may take to end a connection after its last record. */
const lingerMs = 250;

const readOut = async (bytes: AsyncIterable<Uint8Array>): Promise<void> => {
  try {
    const rest = bytes[Symbol.asyncIterator]();
    while (!(await rest.next()).done);
  } catch {
    // The answer was complete before.
  }
};

/** Ollama's `name` and `name:latest` are the same model. */
const plainName = (name: string): string => name.replace(/:latest$/, '');

/** `/api/show` tells the most that the model can; what a call gets is `numCtx`. */
const capabilitiesOf = (
  shown: { readonly capabilities?: readonly string[]; readonly model_info?: object },
  { numCtx, resident, at }: { readonly numCtx: number; readonly resident: boolean; readonly at: string },
): Capabilities => {
  const can = new Set(shown.capabilities ?? []);
  const most: unknown = Object.entries(shown.model_info ?? {}).find(([key]) => key.endsWith('.context_length'))?.[1];
  return {
    contextTokens: typeof most === 'number' ? Math.min(most, numCtx) : numCtx,
    maxOutput: null,
    tools: can.has('tools'),
    structured: 'grammar',
    thinking: can.has('thinking'),
    vision: can.has('vision'),
    embeddings: can.has('embedding'),
    prefill: false,
    seed: true,
    countExact: false,
    resident,
    learnt: { from: 'show', at, fields: { structured: 'config', prefill: 'config', seed: 'config' } },
  };
};
