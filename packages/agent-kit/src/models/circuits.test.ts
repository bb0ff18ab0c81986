import { expect, test } from 'vitest';
import { circuitOf, openCircuits, type Ended } from './circuits.ts';

const s = 1000;
/** Calls from the newest to the oldest, as the heads are listed: so many seconds ago, with this outcome. */
const calls = (asked: string, ...told: [secondsAgo: number, outcome: Ended['outcome']][]): Ended[] =>
  told.map(([ago, outcome]) => ({ asked, outcome, at: 1_000 * s - ago * s }));
const openAt = (all: readonly Ended[], secondsLater = 0) => [...openCircuits(all, (1_000 + secondsLater) * s).keys()];

test('a box and model that failed three times in a row is left alone for half a minute, then tried again', () => {
  const failing = calls('ollama:x@oak', [1, 'model.timeout'], [5, 'model.overloaded'], [9, 'model.unreachable']);
  expect(openAt(failing)).toEqual(['ollama:x@oak']);
  expect(openAt(failing, 28)).toEqual(['ollama:x@oak']);
  expect(openAt(failing, 29)).toEqual([]);
  expect(openAt(failing.slice(0, 2))).toEqual([]);
});

test('it is left alone for twice as long when the try fails, and not at all when it succeeds', () => {
  const before = calls('ollama:x@oak', [40, 'model.timeout'], [45, 'model.timeout'], [49, 'model.timeout']);
  const again = [...calls('ollama:x@oak', [1, 'model.timeout']), ...before];
  expect(openAt(again, 58)).toEqual(['ollama:x@oak']);
  expect(openAt(again, 59)).toEqual([]);
  expect(openAt([...calls('ollama:x@oak', [1, 'ok']), ...before])).toEqual([]);
  // Whatever it answers, it answers.
  expect(openAt([...calls('ollama:x@oak', [1, 'model.bad_output']), ...before])).toEqual([]);
});

test('what a limit or a cancelled call says is neither', () => {
  const failing = calls(
    'claude:x',
    [1, 'model.rate_limited'],
    [2, 'model.overloaded'],
    [3, 'model.cancelled'],
    [4, 'model.overloaded'],
    [5, 'model.overloaded'],
  );
  expect(openAt(failing)).toEqual(['claude']);
});

test('a refused key opens at once, for every model behind it', () => {
  const refused = calls('claude:x', [1, 'model.auth'], [9, 'ok']);
  const open = openCircuits(refused, 1_000 * s);
  expect(open.get(circuitOf({ provider: 'claude', model: 'other' }))).toMatchObject({
    code: 'model.auth',
    failures: 1,
  });
  expect(open.get(circuitOf({ provider: 'claude-code', model: 'x' }))).toBeUndefined();
  expect(openAt(refused, 298)).toEqual(['claude']);
  expect(openAt(refused, 299)).toEqual([]);
});

test('boxes and models fail each for itself', () => {
  const failing = calls('ollama:x@oak', [1, 'model.timeout'], [2, 'model.timeout'], [3, 'model.timeout']);
  expect(openAt([...calls('ollama:x@elm', [1, 'model.timeout']), ...failing])).toEqual(['ollama:x@oak']);
});
