import { expect, test, vi } from 'vitest';
import { machine, repeatEvery, rest, type Surroundings } from './surroundings.ts';

/** Timers that fire by hand. */
const handmade = () => {
  const due: { act: () => void; ms: number }[] = [];
  const around: Surroundings = {
    ...machine,
    after: (ms, act) => {
      const entry = { act, ms };
      due.push(entry);
      return () => void due.splice(due.indexOf(entry) >>> 0, 1);
    },
  };
  return { around, due, fire: () => due.shift()?.act() };
};

test('a rest ends when its time has come, or when it is aborted, and leaves no timer', async () => {
  const { around, due, fire } = handmade();
  const whole = rest(around, 10);
  expect(due.map((it) => it.ms)).toEqual([10]);
  fire();
  await whole;
  const stop = new AbortController();
  const broken = rest(around, 10, stop.signal);
  stop.abort();
  await broken;
  await rest(around, 10, stop.signal);
  expect(due).toEqual([]);
});

test('what is repeated goes on until it is stopped, also from within', () => {
  const { around, due, fire } = handmade();
  const act = vi.fn();
  const stop = repeatEvery(around, 5, act);
  fire();
  fire();
  expect(act).toHaveBeenCalledTimes(2);
  act.mockImplementation(() => stop());
  fire();
  expect(due).toEqual([]);
  expect(act).toHaveBeenCalledTimes(3);
});
