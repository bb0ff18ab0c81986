import { expect, test } from 'vitest';
import { runElsewhere } from './many.ts';
import { runSeed } from './run.ts';
import { createTime, fromTimer } from './time.ts';

const seeds = 300;

test(`in ${seeds} small worlds nothing breaks, and what is run twice is the same`, async () => {
  // A process of its own: the runner of tests would make it ten times as slow.
  const sum = await runElsewhere(1, seeds);
  expect(sum.broken).toEqual([]);
  expect(sum.repeated).toBe(seeds / 50);
  // Worlds in which nothing happens would prove nothing.
  expect(sum.interrupted).toBeGreaterThan(seeds / 4);
});

test('a seed gives the same trace again, and another seed another one', async () => {
  const [first, again, other] = await fromTimer(() => [7, 7, 8].map((seed) => runSeed(seed).hash()));
  expect(again).toBe(first);
  expect(other).not.toBe(first);
});

test('without its faults a world comes to its end with every task merged or refused', async () => {
  const { memory, violations } = await fromTimer(() => runSeed(1, [0, 1, 2, 3, 4, 5]));
  expect(violations).toEqual([]);
  const states = [...memory.tables.heads.values()].filter((it) => it.kind === 'task').map((it) => it.state);
  expect(states.length).toBeGreaterThan(0);
  expect(states.filter((it) => !['merged', 'refused', 'blocked'].includes(it))).toEqual([]);
});

test('what is due is done in order, and only up to the end', async () => {
  const done: string[] = [];
  const time = createTime();
  await fromTimer(() => {
    time.after(20, () => done.push(`late at ${time.now()}`));
    time.after(10, () => {
      void (async () => {
        await Promise.resolve();
        done.push(`soon at ${time.now()}`);
        time.after(0, () => done.push(`at once at ${time.now()}`));
      })();
    });
    time.after(10, () => done.push('second'));
    time.after(15, () => done.push('never'))();
    time.after(40, () => done.push('too late'));
    expect(time.run(30, () => false)).toBe(4);
  });
  expect(done).toEqual(['soon at 10', 'second', 'at once at 10', 'late at 20']);
});
