import { complete, type Clock, type Done, type Model, type ModelRequest, type Run } from '@hive/llm';
import { askForSize } from '@hive/llm/testing';
import type { Fault, Reply, Scenario } from './scenario.ts';
import { startModelServer, type LoggedRequest } from './server.ts';
import { createStillClock } from './still-clock.ts';

/** What has to come of a call: an error with these properties, or a good end with these. */
type Outcome = Readonly<Record<string, unknown>> | { readonly type: 'done' };

/** One thing that goes wrong, and what each bridge has to make of it. A protocol that cannot say it is left out. */
export type FaultCase = {
  readonly name: string;
  readonly fault?: Fault;
  readonly reply?: Reply;
  /** Asks for JSON with one repair turn, as callers do. */
  readonly asksFor?: 'json';
  readonly maxTokens?: number;
  readonly requests?: number;
} & { readonly [protocol in 'claude' | 'ollama' | 'both']?: Outcome };

const status = (code: number, more: Omit<Extract<Fault, { kind: 'status' }>, 'kind' | 'status'> = {}): Fault => ({
  kind: 'status',
  status: code,
  ...more,
});
const typed = (type: string, message: string, errorCode?: string) => ({
  type: 'error',
  error: { type, message, ...(errorCode === undefined ? {} : { details: { error_code: errorCode } }) },
});
const retry = (code: string, where?: 'same' | 'other') => ({ code, remedy: 'retry', ...(where ? { where } : {}) });
const giveUp = (code: string) => ({ code, remedy: 'give_up' });
const fix = (code: string) => ({ code, remedy: 'fix_config' });
const inPhase = (phase: string) => ({ ...retry('model.timeout', 'other'), details: { phase } });
const overloaded = retry('model.overloaded', 'other');
const broken = retry('model.stream_broken', 'same');
const done = { type: 'done', text: 'one two three' } as const;

/** Every fault of the double, and what it means. */
export const faultCases: readonly FaultCase[] = [
  { name: '400', fault: status(400), both: giveUp('model.bad_request') },
  {
    name: '400 of length',
    fault: status(400, { body: typed('invalid_request_error', 'prompt is too long: 210000 tokens > 200000 maximum') }),
    claude: giveUp('model.context_full'),
  },
  {
    name: '400 of length, as Ollama says it',
    fault: status(400, { body: { error: 'the input length exceeds the context length' } }),
    ollama: giveUp('model.context_full'),
  },
  {
    name: '400 of a model without tools',
    fault: status(400, { body: { error: 'registry.ollama.ai/library/tiny:1b does not support tools' } }),
    ollama: fix('model.bad_request'),
  },
  { name: '401', fault: status(401), both: fix('model.auth') },
  { name: '402', fault: status(402), both: fix('model.billing') },
  { name: '402 without a type', fault: status(402, { body: {} }), claude: fix('model.billing') },
  { name: '403', fault: status(403), both: fix('model.auth') },
  { name: '403 of billing', fault: status(403, { body: typed('billing_error', 'x') }), claude: fix('model.billing') },
  {
    name: '429 of a spend limit',
    fault: status(429, { body: typed('rate_limit_error', 'x', 'contract_spend_limit_reached') }),
    claude: fix('model.billing'),
  },
  {
    name: '429 of credits',
    fault: status(429, { body: typed('rate_limit_error', 'x', 'credits_required') }),
    claude: fix('model.billing'),
  },
  {
    name: '404',
    fault: status(404, { body: { ...typed('not_found_error', 'x'), error: "model 'm:1b' not found" } }),
    ollama: fix('model.unknown'),
  },
  { name: '404 of a model', fault: status(404), claude: fix('model.unknown') },
  { name: '408', fault: status(408), both: inPhase('total') },
  { name: '409', fault: status(409), both: giveUp('model.bad_request') },
  { name: '413', fault: status(413), both: giveUp('model.bad_request') },
  { name: '429', fault: status(429), both: retry('model.rate_limited', 'other') },
  {
    name: '429 of a plan',
    fault: status(429, {
      headers: {
        'anthropic-ratelimit-unified-status': 'rejected',
        'anthropic-ratelimit-unified-representative-claim': 'seven_day',
        'anthropic-ratelimit-unified-reset': '4070908800',
      },
    }),
    claude: { ...retry('model.window_exhausted', 'other'), details: { window: 'seven_day' } },
  },
  { name: '500', fault: status(500), both: overloaded },
  {
    name: '500 of memory',
    fault: status(500, { body: { error: 'model requires more system memory (20.1 GiB) than is available (7.9 GiB)' } }),
    ollama: retry('model.out_of_memory', 'other'),
  },
  { name: '502 with a page', fault: status(502, { body: '<html>Bad gateway</html>' }), both: overloaded },
  { name: '503', fault: status(503, { body: { error: 'server busy, please try again' } }), both: overloaded },
  { name: '504', fault: status(504), both: overloaded },
  { name: '529', fault: status(529), both: overloaded },
  {
    name: 'a redirect',
    fault: status(307, { headers: { location: 'http://127.0.0.1:9/' } }),
    both: giveUp('model.bad_request'),
  },
  { name: 'a reset before any answer', fault: { kind: 'refuse' }, both: retry('model.unreachable', 'other') },
  { name: 'a box that disappears', fault: { kind: 'vanish' }, both: retry('model.unreachable', 'other') },
  { name: 'silence before the headers', fault: { kind: 'hang' }, claude: inPhase('connect'), ollama: inPhase('load') },
  { name: 'silence after the headers', fault: { kind: 'hang', at: 'headers' }, both: inPhase('first_token') },
  { name: 'silence in the middle', fault: { kind: 'hang', after: 1 }, both: inPhase('idle') },
  { name: 'slow headers', fault: { kind: 'slow', ms: 20, at: 'headers' }, both: done },
  { name: 'a slow first token', fault: { kind: 'slow', ms: 20 }, both: done },
  { name: 'an error in the middle', fault: { kind: 'stream_error', after: 1 }, both: overloaded },
  { name: 'api_error in the middle', fault: { kind: 'stream_error', after: 1, type: 'api_error' }, claude: overloaded },
  {
    name: 'a rate limit in the middle',
    fault: { kind: 'stream_error', after: 1, type: 'rate_limit_error' },
    claude: retry('model.rate_limited', 'other'),
  },
  {
    name: 'no memory in the middle',
    fault: { kind: 'stream_error', after: 1, message: 'CUDA error: out of memory' },
    ollama: retry('model.out_of_memory', 'other'),
  },
  { name: 'an end that is missing', fault: { kind: 'cut', after: 2 }, both: broken },
  { name: 'a terminal record that is missing', fault: { kind: 'cut', after: 3 }, both: broken },
  { name: 'a reset in the middle', fault: { kind: 'reset', after: 1 }, both: broken },
  { name: 'half a line', fault: { kind: 'half_line', after: 1 }, both: broken },
  { name: 'a line that is no JSON', fault: { kind: 'invalid_line', after: 1 }, both: broken },
  { name: 'bytes that are not UTF-8', fault: { kind: 'invalid_utf8', after: 1 }, both: broken },
  { name: 'an unknown event', fault: { kind: 'unknown_event', after: 1 }, both: done },
  { name: 'one byte at a time', fault: { kind: 'drip' }, both: done },
  { name: 'everything at once', fault: { kind: 'burst' }, both: done },
  { name: 'an end that comes twice', fault: { kind: 'double_done' }, both: done },
  { name: 'garbage after the end', fault: { kind: 'trailing_garbage' }, both: done },
  { name: 'an answer without end', fault: { kind: 'endless' }, both: retry('model.bad_output', 'other'), maxTokens: 1 },
  {
    name: 'another model in the reply',
    reply: { text: 'one two three', model: 'other' },
    both: { ...done, model: 'other' },
  },
  {
    name: 'counts that are absent',
    reply: { text: 'one two three', usage: null },
    both: { ...done, usage: { input: null } },
  },
  { name: 'a refusal', reply: { text: '', stop: 'refusal' }, claude: giveUp('model.refused') },
  { name: 'a full context', reply: { text: 'one', stop: 'context_full' }, claude: giveUp('model.context_full') },
  {
    name: 'a prompt that filled the context',
    reply: { text: 'x', usage: { input: 16_384 } },
    ollama: giveUp('model.context_full'),
  },
  {
    name: 'an answer that filled the context',
    reply: { text: 'x', stop: 'max_tokens', usage: { input: 16_000, output: 384 } },
    ollama: giveUp('model.context_full'),
  },
  {
    name: 'a stop that nobody asked for',
    reply: { text: 'x', stop: 'pause' },
    claude: giveUp('model.bad_request'),
  },
  {
    name: 'a tool call that is cut off',
    reply: { toolCalls: [{ name: 'read', raw: '{"pa' }], stop: 'max_tokens' },
    claude: { ...retry('model.truncated'), details: { maxTokens: 100 } },
  },
  {
    name: 'tool arguments that are no object',
    reply: { toolCalls: [{ name: 'read', raw: '[1' }] },
    both: retry('model.bad_output', 'other'),
  },
  {
    name: 'JSON that is cut at the limit',
    reply: { text: '{"size', stop: 'max_tokens' },
    asksFor: 'json',
    both: { ...retry('model.truncated'), details: { maxTokens: 100 } },
  },
  ...(['half_json', 'prose', 'empty', 'schema_violated'] as const).map((kind): FaultCase => ({
    name: `content that is wrong (${kind})`,
    fault: { kind },
    reply: { json: { size: 3 } },
    asksFor: 'json',
    requests: 2,
    both: retry('model.bad_output', 'other'),
  })),
];

/** What came of one call against a double that answers like the case says. */
export type Tried = { readonly ended: unknown; readonly requests: readonly LoggedRequest[] };

/** What a bridge is made of for a case. The clock stands still until the server has fallen silent. */
export type Surroundings = { readonly url: string; readonly clock: Clock; readonly fetch: typeof fetch };

/** Runs a case against a bridge. Silence is waited for 150 ms. */
export const tryFault = async (
  { fault, reply = { text: 'one two three', chunks: 3 }, asksFor, maxTokens = 100 }: FaultCase,
  make: (surroundings: Surroundings) => Model,
): Promise<Tried> => {
  const scenario: Scenario = { name: 'faults', rules: [{ reply, ...(fault ? { fault } : {}) }] };
  const server = await startModelServer({ scenario });
  const silent = fault?.kind === 'hang';
  const run: Run = {
    signal: new AbortController().signal,
    deadline: new Date(Date.now() + 20_000),
    idleMs: silent ? 150 : 10_000,
    correlationId: 'faults',
    callId: 'faults',
  };
  const request: ModelRequest = {
    system: [],
    messages: [{ role: 'user', parts: [{ text: 'Say hello.' }] }],
    maxTokens,
  };
  const { clock, start } = createStillClock();
  const place = fault?.kind === 'hang' ? (fault.after === undefined ? (fault.at ?? 'start') : 'piece') : undefined;
  if (place === 'start') start();
  const model = make({
    url: server.url,
    clock,
    fetch: async (url, init) => {
      const response = await fetch(url, init);
      if (place === 'headers') start();
      return response;
    },
  });
  const ask = (): Promise<Done> =>
    asksFor
      ? askForSize(model, request, run)
      : complete(model, request, run, () => {
          if (place === 'piece') start();
        });
  try {
    return { ended: await ask().catch((error: unknown) => error), requests: server.requests };
  } finally {
    await server.stop();
  }
};
