import type { Done, Message, ModelRequest } from '@hive/llm';
import { expect, test } from 'vitest';
import {
  badTurns,
  callsOf,
  carriedOut,
  fitted,
  lastProblem,
  nudge,
  resultOf,
  timesLeft,
  turnsOf,
  turnsWithoutNews,
  withReply,
} from './transcript.ts';

const opening: Message = { role: 'user', parts: [{ text: 'Do it.' }] };
const done = (text: string, ...names: string[]): Done => ({
  type: 'done',
  stop: names.length > 0 ? 'tool_use' : 'end',
  text,
  toolCalls: names.map((name) => ({ id: 'call_1', name, input: { path: 'a' } })),
  usage: { input: 1, output: 1, cacheRead: null, cacheWrite: null, costBasis: 'local', source: 'live' },
  timing: { queuedMs: 0, firstTokenMs: 1, decodeMs: 1, totalMs: 1 },
  model: 'tiny',
});
type Kind = 'done' | 'failed' | 'left' | 'malformed';
const answered = (before: readonly Message[], text: string, kind: Kind, from?: string): readonly Message[] => {
  const replied = withReply(before, done('', 'read'));
  const parts = [{ text, ...(from !== undefined && { from: { repo: '/r', path: from } }) }];
  return [...replied, ...callsOf(replied).map((call) => resultOf(call, { kind, parts }))];
};

test('calls get names of their own, also when a server gives each reply the same', () => {
  const transcript = withReply(answered([opening], 'x', 'done'), done('', 'read', 'list'));
  expect(callsOf(transcript).map(({ id }) => id)).toEqual(['t2_1', 't2_2']);
  expect(turnsOf(transcript)).toBe(2);
});

test('a call that was written as text is a call of the transcript, and said once', () => {
  const reply = withReply([opening], done('{"name":"read","arguments":{"path":"a"}}'));
  expect(callsOf(reply)).toEqual([{ id: 't1_1', name: 'read', input: { path: 'a' } }]);
  expect(reply[1]?.parts).toEqual([]);
  expect(withReply([opening], done('prose'))[1]?.parts).toEqual([{ text: 'prose' }]);
});

test('calls that were made before are no news; one new word is', () => {
  const asked = (before: readonly Message[], ...paths: string[]) =>
    paths.reduce((transcript, path) => {
      const reply = done('', 'read');
      return withReply(transcript, { ...reply, toolCalls: [{ id: 'x', name: 'read', input: { path } }] });
    }, before);
  expect(turnsWithoutNews([opening])).toBe(0);
  const round = asked([opening], 'a', 'b', 'a', 'b', 'a');
  expect(turnsWithoutNews(round)).toBe(3);
  expect(turnsWithoutNews(asked(round, 'c'))).toBe(0);
});

test('an empty reply is no empty turn, which servers refuse', () => {
  expect(withReply([opening], done(' '))[1]).toMatchObject({ parts: [{ text: '(no answer)' }] });
  expect(withReply([opening], done('', 'read'))[1]).toMatchObject({ parts: [] });
});

test('bad turns are counted in a row: without a call, malformed, and answers that never became a turn', () => {
  const bad = answered([opening], 'no', 'malformed');
  expect([badTurns([opening]), badTurns(bad)]).toEqual([0, 1]);
  const prose = [...withReply(bad, done('prose')), nudge('That was no tool call.')];
  expect(badTurns(prose)).toBe(2);
  expect(badTurns([...prose, nudge('Your answer could not be used.')])).toBe(3);
  expect(badTurns(answered(prose, 'There is no b', 'failed'))).toBe(0);
});

test('what a model was told last about its calls is said on one line', () => {
  const bad = answered([opening], 'Invalid input\n  at old_text', 'malformed');
  expect(lastProblem([opening])).toBeNull();
  expect(lastProblem(bad)).toBe('read: Invalid input at old_text');
  expect(lastProblem([...withReply(bad, done('prose')), nudge('That was no tool call.')])).toMatch(/^That was no tool/);
});

test('what a model thought goes back to it with its reply', () => {
  const thoughts = [{ text: 'hm', signature: 's' }];
  expect(withReply([opening], { ...done('', 'read'), thoughts }).at(-1)).toMatchObject({ thoughts });
});

test('leaving is counted by turns, so that a model hears of it before it is counted again', () => {
  const replied = withReply([opening], done('', 'read', 'read', 'read'));
  const left = callsOf(replied).map((call) => resultOf(call, { kind: 'left', parts: [{ text: 'no' }] }));
  expect(timesLeft([...replied, ...left])).toBe(1);
  expect(timesLeft(answered([...replied, ...left], 'no', 'left'))).toBe(2);
  expect(timesLeft(answered([opening], 'There is no b', 'failed'))).toBe(0);
});

test('what was carried out is told with how it ended, and the last reply has no result yet', () => {
  const before = answered(answered([opening], 'x', 'done'), 'no', 'failed');
  expect(carriedOut(withReply(before, done('', 'read'))).map(({ ok }) => ok)).toEqual([true, false]);
});

test('when the context is full the oldest results are masked first, with their origin, and errors stay', () => {
  let messages = answered([opening], 'e'.repeat(3000), 'failed');
  for (let n = 1; n <= 6; n++) messages = answered(messages, String(n).repeat(3000), 'done', `src/${n}.js`);
  const request: ModelRequest = { system: [], messages, maxTokens: 1000 };
  expect(fitted(request, 20_000)).toBe(request);
  const cut = fitted(request, 6500).messages.filter(({ role }) => role === 'tool');
  const isMasked = (message: Message) => message.parts[0]?.text.startsWith('(left out') ?? false;
  expect(cut.map(isMasked)).toEqual([false, true, true, true, true, false, false]);
  expect(cut[1]?.parts[0]?.from).toEqual({ repo: '/r', path: 'src/1.js' });
  // Once masked is masked: the same request is not changed again.
  const again = fitted(request, 6500);
  expect(fitted(again, 6500)).toBe(again);
});

test('what does not fit without old results either is a full context', () => {
  const messages = [...answered([opening], 'x', 'done'), ...answered([opening], 'y'.repeat(40_000), 'failed').slice(1)];
  expect(() => fitted({ system: [], messages, maxTokens: 1000 }, 8000)).toThrow(
    expect.objectContaining({ code: 'model.context_full' }) as Error,
  );
});
