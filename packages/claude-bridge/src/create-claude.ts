import type Anthropic from '@anthropic-ai/sdk';
import { hasCode } from '@hive/errors';
import {
  estimateTokens,
  guardCall,
  guardedFetch,
  neverConnected,
  parseEndpoint,
  spentError,
  streamBroken,
  type CallGuard,
  type Capabilities,
  type Clock,
  type Model,
  type ModelRef,
  type ModelRequest,
  type Run,
} from '@hive/llm';
import { claudeError } from './claude-error.ts';
import { clientFor, type Access } from './client.ts';
import { machineClock } from './clock.ts';
import { createCounts } from './count-tokens.ts';
import { countParams, messageParams } from './message-params.ts';
import { capabilitiesOf, type ListedModel } from './model-info.ts';
import { nodeFetch } from './node-fetch.ts';
import { createReader } from './read-events.ts';
import { type Prices } from './usage.ts';

/** How to reach the Messages API. Nothing is read from the environment. */
export type ClaudeOptions = {
  readonly apiKey: string;
  readonly baseURL: string;
  readonly model: string;
  /** The name of the box when `baseURL` is one that speaks this protocol. */
  readonly box?: string;
  /** How the model is held to a schema; `prompt` for servers and models that do not enforce one. */
  readonly structured?: 'native' | 'prompt';
  /** Whether the model may continue an unfinished turn; the provider does not say. */
  readonly prefill?: boolean;
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
  const { model, box, structured = 'native', prefill = false, clock = machineClock } = options;
  const destination = parseEndpoint(options.baseURL, { names: 'refuse' }).host;
  const ref: ModelRef = { provider: 'claude', model, ...(box === undefined ? {} : { box }) };
  const counts = createCounts();

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
        guardedFetch(options.fetch ?? nodeFetch, guard, {
          onResponse: (response) => reader.headers(response.headers),
          onBytes: utf8Only(destination),
        }),
      );
      try {
        const events = await client.messages.create(messageParams(request, { model, structured }));
        // Read to the end of the connection, so that the next call can use it; what comes after `message_stop` says nothing.
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
        const { toolCalls, done } = reader.end();
        for (const call of toolCalls) yield { type: 'tool_call', call } as const;
        yield done;
      } catch (error) {
        throw spentError(failureOf(error, guard, options), reader.spent(guard.sent() && !neverConnected(error)));
      } finally {
        guard.stop();
      }
    },
    capabilities: (run) =>
      askOnce(options, run, async (client, signal): Promise<Capabilities> => {
        const info = await client.models.retrieve(model, {}, { signal });
        const known = capabilitiesOf(info, { at: new Date(clock.now()).toISOString(), prefill });
        return structured === 'prompt' ? { ...known, structured } : known;
      }),
    count: async (request, run) => {
      // A box that speaks this protocol may not count.
      if (box !== undefined) return { tokens: estimateTokens(request), exact: false };
      const params = countParams(request, { model, structured });
      const count = () =>
        askOnce(
          options,
          run,
          async (client, signal) => (await client.messages.countTokens(params, { signal })).input_tokens,
        );
      try {
        return { tokens: await counts(params, count), exact: true };
      } catch (error) {
        // A server that speaks this protocol may not count either; a model that is unknown is refused by the call itself.
        if (hasCode(error, 'model.unknown')) return { tokens: estimateTokens(request), exact: false };
        throw error;
      }
    },
  };
};

/** Every model that the provider lists, with what it can do and whether it is about to be retired. Throws `model.*`. */
export const listClaudeModels = async (
  options: Access & Pick<ClaudeOptions, 'fetch' | 'clock'>,
  run: Run,
): Promise<readonly ListedModel[]> => {
  const { clock = machineClock } = options;
  parseEndpoint(options.baseURL, { names: 'refuse' });
  return askOnce({ ...options, model: 'any' }, run, async (client, signal) => {
    const listed: ListedModel[] = [];
    for await (const info of client.models.list({}, { signal })) {
      const capabilities = capabilitiesOf(info, { at: new Date(clock.now()).toISOString(), prefill: false });
      listed.push({ id: info.id, name: info.display_name, capabilities });
    }
    return listed;
  });
};

/** Something that is answered at once. */
const askOnce = async <T>(
  options: ClaudeOptions,
  run: Run,
  send: (client: Anthropic, signal: AbortSignal) => Promise<T>,
): Promise<T> => {
  const { clock = machineClock } = options;
  const { onSent: _ofTheCall, ...quietly } = run;
  const guard = guardCall(quietly, { clock, phase: 'connect' });
  try {
    return await send(clientFor(options, guardedFetch(options.fetch ?? nodeFetch, guard)), guard.signal);
  } catch (error) {
    throw failureOf(error, guard, options);
  } finally {
    guard.stop();
  }
};

const failureOf = (error: unknown, guard: CallGuard, { baseURL, model, apiKey, clock = machineClock }: ClaudeOptions) =>
  claudeError(error, { guard, destination: new URL(baseURL).host, model, secret: apiKey, now: clock.now() });

/** The client would put a replacement character where bytes are broken. */
const utf8Only = (destination: string): ((bytes: Uint8Array) => void) => {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  return (bytes) => {
    try {
      decoder.decode(bytes, { stream: true });
    } catch {
      throw streamBroken(destination, new Error('bytes that are not UTF-8'));
    }
  };
};

/** How long the server may take to end its connection after the end of an answer. */
const lingerMs = 250;
