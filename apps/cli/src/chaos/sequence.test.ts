import { expect, test } from 'vitest';
import { createSequence } from './sequence.ts';
import type { Strike } from './strike.ts';

const strike = (process: string, hit: number): Strike => ({ process, name: 'claim.before', hit, how: 'kill' });

test('each process gets its own strikes in their order, and the sequence stays what it was', () => {
  const all = [strike('a', 1), strike('b', 1), strike('a', 2), strike('b', 2), strike('b', 3)];
  const sequence = createSequence(all.values(), 4);
  expect(sequence.next('b')).toBe(all[1]);
  expect(sequence.next('b')).toBe(all[3]);
  expect(sequence.next('b')).toBeUndefined();
  expect(sequence.isOver()).toBe(false);
  expect(sequence.next('a')).toBe(all[0]);
  expect(sequence.next('a')).toBe(all[2]);
  expect(sequence.isOver()).toBe(true);
  expect(sequence.drawn).toEqual(all.slice(0, 4));
});

test('a process does not run far ahead of the others', () => {
  const sequence = createSequence(
    (function* () {
      for (;;) yield* [strike('a', 1), strike('b', 1)];
    })(),
    Infinity,
  );
  let dealt = 0;
  while (sequence.next('a')) dealt += 1;
  expect(dealt).toBeLessThan(60);
  expect(sequence.next('b')).toBeDefined();
});

test('once stopped it deals out nothing more', () => {
  const sequence = createSequence([strike('a', 1), strike('b', 1), strike('b', 2)].values(), Infinity);
  sequence.next('b');
  sequence.stop();
  expect(sequence.next('a')).toBeUndefined();
  expect(sequence.next('b')).toBeUndefined();
  expect(sequence.isOver()).toBe(true);
});
