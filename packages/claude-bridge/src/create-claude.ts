import Anthropic from '@anthropic-ai/sdk';
import {
  guardCall,
  guardedFetch,
  neverConnected,
  parseEndpoint,
  spentError,
  streamBroken,
  type Bytes,
  type CallGuard,
  type Capabilities,
  type Chunk,
  type Clock,
  type Model,
  type ModelRef,
  type ModelRequest,
  type Run,
} from '@hive/llm';
import { claudeError } from './claude-error.ts';
import { machineClock } from './clock.ts';
import { countParams, messageParams } from './message-params.ts';
import { createReader, type Reader } from './read-events.ts';
import { type Prices } from './usage.ts';

/** How to reach the Messages API. Nothing is read from the environment. */
export type ClaudeOptions = {
  readonly apiKey: string;
  readonly baseURL: string;
  readonly model: string;
  /** The name of the box when `baseURL` is one that speaks this protocol. */
  readonly box?: string;
  /** List prices by model; without one for this model a reply has tokens and no dollars. */
  readonly prices?: Prices;
  readonly fetch?: typeof fetch;
  readonly clock?: Clock;
};

/**
 * A model behind the Messages API. One call is one request: the client's own retries are off, the answer is always streamed, and
 * only `message_stop` is an end. Throws `config.invalid` for plain HTTP to anything but this machine or a private network.
 */
export const createClaude = (options: ClaudeOptions): Model => {
  const { model, box, clock = machineClock } = options;
  const destination = parseEndpoint(options.baseURL, { names: 'refuse' }).host;
  const ref: ModelRef = { provider: 'claude', model, ...(box === undefined ? {} : { box }) };
  const failure = (error: unknown, guard: CallGuard) =>
    claudeError(error, { guard, destination, model, secret: options.apiKey, now: clock.now() });

  /** One request that is answered at once. */
  const ask = async <T>(run: Run, send: (client: Anthropic, signal: AbortSignal) => Promise<T>): Promise<T> => {
    const guard = guardCall(run, { clock, phase: 'connect' });
    try {
      return await send(clientFor(options, guardedFetch(options.fetch ?? fetch, guard)), guard.signal);
    } catch (error) {
      throw failure(error, guard);
    } finally {
      guard.stop();
    }
  };

  return {
    ref,
    destination,
    async *call(request: ModelRequest, run: Run) {
      const guard = guardCall(run, { clock, phase: 'connect' });
      const reader = createReader({
        clock,
        destination,
        model,
        maxTokens: request.maxTokens,
        prices: options.prices,
        wantsJson: request.output !== undefined,
      });
      const client = clientFor(
        options,
        guardedFetch(options.fetch ?? fetch, guard, {
          onResponse: (response) => reader.headers(response.headers),
          read: (bytes) => utf8Only(bytes, destination),
        }),
      );
      try {
        const events = await client.messages.create(messageParams(request, model), { signal: guard.signal });
        yield* chunksOf(events, reader, guard);
        const { toolCalls, done } = reader.end();
        for (const call of toolCalls) yield { type: 'tool_call', call } as const;
        yield done;
      } catch (error) {
        throw spentError(failure(error, guard), reader.spent(guard.sent() && !neverConnected(error)));
      } finally {
        guard.stop();
      }
    },
    capabilities: (run) =>
      ask(run, async (client, signal): Promise<Capabilities> => {
        const info = await client.models.retrieve(model, {}, { signal });
        const supports = info.capabilities;
        return {
          contextTokens: info.max_input_tokens,
          maxOutput: info.max_tokens,
          tools: true,
          structured: supports?.structured_outputs.supported === false ? 'prompt' : 'native',
          thinking: supports?.thinking.supported ?? false,
          vision: supports?.image_input.supported ?? false,
          embeddings: false,
          prefill: false,
          seed: false,
          countExact: true,
          learnt: { from: 'api', at: new Date(clock.now()).toISOString() },
        };
      }),
    count: (request, run) =>
      ask(run, async (client, signal) => {
        const { input_tokens } = await client.messages.countTokens(countParams(request, model), { signal });
        return { tokens: input_tokens, exact: true };
      }),
  };
};

/** The client would put a replacement character where bytes are broken. */
async function* utf8Only(bytes: Bytes, destination: string): AsyncGenerator<Uint8Array> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  for await (const piece of bytes) {
    try {
      decoder.decode(piece, { stream: true });
    } catch {
      throw streamBroken(destination, new Error('bytes that are not UTF-8'));
    }
    yield piece;
  }
}

/** How long the server may take to end its connection after the end of an answer. */
const lingerMs = 250;

/** Reads to the end of the connection, so that the next call can use it; whatever comes after `message_stop` says nothing. */
async function* chunksOf(
  events: AsyncIterable<Anthropic.RawMessageStreamEvent>,
  reader: Reader,
  guard: CallGuard,
): AsyncGenerator<Chunk> {
  try {
    for await (const event of events) {
      if (reader.stopped()) continue;
      const chunk = reader.read(event);
      if (reader.stopped()) guard.linger(lingerMs);
      if (!chunk) continue;
      guard.enter('idle');
      yield chunk;
    }
  } catch (error) {
    if (!reader.stopped()) throw error;
  }
}

/** Every option is given: what is left out, this client reads from the environment or from a profile on disk. */
const clientFor = ({ apiKey, baseURL }: ClaudeOptions, send: typeof fetch): Anthropic =>
  new Anthropic({
    apiKey,
    authToken: null,
    webhookKey: null,
    baseURL,
    maxRetries: 0,
    // Its timeout covers the headers only; the guard bounds every wait.
    timeout: 2 ** 31 - 1,
    logLevel: 'off',
    openTelemetry: false,
    fetch: send,
  });
