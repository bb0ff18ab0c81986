import { expect, test } from 'vitest';
import { createMessageReader, type Reading } from './read-messages.ts';

const clock = { now: () => Date.parse('2026-06-01T12:00:00Z'), after: () => () => {} };
const init = { type: 'system', subtype: 'init', session_id: 's-1', claude_code_version: '2.1.329', model: 'claude-x' };
const good = { type: 'result', subtype: 'success', is_error: false, result: 'Done it.', stop_reason: 'end_turn' };
const failed = (more: object) => ({ ...good, is_error: true, ...more });
const limited = (info: object) => ({
  type: 'rate_limit_event',
  rate_limit_info: { status: 'rejected', rateLimitType: 'five_hour', ...info },
});

const read = (messages: readonly object[], given: Partial<Reading> = {}) => {
  const reader = createMessageReader({
    clock,
    destination: 'api.anthropic.com',
    model: 'claude-x',
    maxTokens: 100,
    plan: true,
    wantsJson: false,
    keepSession: false,
    version: undefined,
    before: undefined,
    ...given,
  });
  for (const message of messages) reader.read(message as Record<string, unknown>);
  return reader.end();
};
const thrown = (messages: readonly object[], given?: Partial<Reading>): unknown => {
  try {
    read(messages, given);
  } catch (error) {
    return error;
  }
  throw new Error('it ended well');
};

test.each<[string, readonly object[], Record<string, unknown>]>([
  [
    'an overload that calls itself a success',
    [failed({ api_error_status: 529 })],
    { code: 'model.overloaded', remedy: 'retry' },
  ],
  [
    'a missing login that calls itself a success',
    [failed({ result: 'Not logged in · Please run /login' })],
    { code: 'model.auth', remedy: 'fix_config' },
  ],
  ['a key that is refused', [failed({ api_error_status: 401 })], { code: 'model.auth', remedy: 'fix_config' }],
  ['an unknown model', [failed({ api_error_status: 404 })], { code: 'model.unknown', remedy: 'fix_config' }],
  [
    'an error that only the message tells',
    [{ type: 'assistant', error: 'billing_error' }, failed({})],
    { code: 'model.billing', remedy: 'fix_config' },
  ],
  [
    'an answer that was cut off',
    [{ type: 'assistant', error: 'max_output_tokens' }, failed({})],
    { code: 'model.truncated' },
  ],
  ['used up dollars', [failed({ subtype: 'error_max_budget_usd' })], { code: 'budget.exhausted', remedy: 'give_up' }],
  ['used up turns', [failed({ subtype: 'error_max_turns' })], { code: 'model.truncated', remedy: 'retry' }],
  [
    'JSON that was given up',
    [failed({ subtype: 'error_max_structured_output_retries' })],
    { code: 'model.bad_output' },
  ],
  [
    'an error nobody explains',
    [failed({ subtype: 'error_during_execution', errors: [] })],
    { code: 'model.overloaded' },
  ],
  ['a refusal', [{ ...good, stop_reason: 'refusal' }], { code: 'model.refused', remedy: 'give_up' }],
  [
    'a window that is used up, with its end in seconds',
    [limited({ resetsAt: 4_070_908_800 }), failed({ api_error_status: 429 })],
    { code: 'model.window_exhausted', details: { window: 'five_hour', retryAt: '2099-01-01T00:00:00.000Z' } },
  ],
  [
    'a window that is used up, without an end',
    [limited({}), failed({ api_error_status: 429 })],
    { code: 'model.window_exhausted', retryAfterMs: undefined, details: { window: 'five_hour' } },
  ],
  [
    'credits that are needed',
    [limited({ errorCode: 'credits_required' }), failed({ api_error_status: 429 })],
    { code: 'model.billing', remedy: 'fix_config' },
  ],
  ['no result', [], { code: 'model.stream_broken', remedy: 'retry', where: 'same' }],
])('%s has its code', (_, messages, expected) => {
  expect(thrown([init, ...messages])).toMatchObject({ name: 'HiveError', ...expected });
});

test('a good end without the JSON that was asked for is none', () => {
  expect(thrown([init, good], { wantsJson: true })).toMatchObject({ code: 'model.bad_output', where: 'other' });
  expect(read([init, { ...good, structured_output: { a: 1 } }], { wantsJson: true })).toMatchObject({
    output: { a: 1 },
  });
});

test('another major version is refused, and any other one where one is pinned', () => {
  const version = (claude_code_version: string) => [{ ...init, claude_code_version }, good];
  expect(thrown(version('3.0.0'))).toMatchObject({ code: 'config.invalid', remedy: 'fix_config' });
  expect(read(version('2.9.0'))).toMatchObject({ text: 'Done it.' });
  expect(thrown(version('2.9.0'), { version: '2.1.329' })).toMatchObject({ details: { version: '2.9.0' } });
  expect(read(version('2.1.329'), { version: '2.1.329' })).toMatchObject({ type: 'done' });
});

test('what helpers of the agent say is no part of the answer, and whole messages do where nothing is streamed', () => {
  const assistant = (text: string, parent_tool_use_id: string | null) => ({
    type: 'assistant',
    parent_tool_use_id,
    message: { content: [{ type: 'text', text }] },
  });
  expect(read([init, assistant('helper', 't1'), assistant('main', null), good]).text).toBe('main');
});
