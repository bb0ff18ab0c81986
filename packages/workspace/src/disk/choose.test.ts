import { expect, test } from 'vitest';
import { chooseGarbage, type Belongings, type Limits } from './choose.ts';
import type { Item } from './stock.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const now = 100 * dayMs;

const limits: Limits = {
  worktreesBytes: 100,
  failedMs: 7 * dayMs,
  cachesBytes: 100,
  mirrorsBytes: 100,
  logsBytes: 100,
};
const nobody: Belongings = { alive: new Set(), openMirrors: new Set(), tasks: new Map() };

const thing = (kind: Item['kind'], name: string, more: Partial<Item> = {}): Item => ({
  kind,
  name,
  path: `/h/${name}`,
  bytes: 10,
  count: 1,
  usedAt: now - dayMs,
  isInUse: false,
  isWhole: true,
  ...more,
});
const goes = (stock: readonly Item[], belongings: Partial<Belongings> = {}) =>
  chooseGarbage(stock, { ...nobody, ...belongings }, { limits, now }).go.map(({ item }) => item.name);

test('worktrees go with their process, however young, and stay with it, however old', () => {
  const old = { usedAt: now - 90 * dayMs };
  const stock = [
    thing('worktrees', 'dead', { usedAt: now }),
    thing('worktrees', 'signed', { ...old, isInUse: true }),
    thing('worktrees', 'listed', { ...old, bytes: 1000 }),
  ];
  expect(goes(stock, { alive: new Set(['listed']) })).toEqual(['dead']);
});

test('the worktree of a failed task is kept for its days, that of an open one longer, any other goes at once', () => {
  const tasks = new Map([
    ['open', { failed: false, settledAt: null }],
    ['fresh', { failed: true, settledAt: now - 6 * dayMs }],
    ['over', { failed: true, settledAt: now - 7 * dayMs }],
    ['merged', { failed: false, settledAt: now }],
  ]);
  const stock = ['open', 'fresh', 'over', 'merged', 'unknown'].map((name) =>
    thing('kept', name, { usedAt: now - 8 * dayMs }),
  );
  expect(goes(stock, { tasks })).toEqual(['over', 'merged', 'unknown']);
});

test('over the cap the worktrees of those go that failed first; worktrees at work take part of the cap', () => {
  const tasks = new Map([1, 2, 3].map((n) => [`t${n}`, { failed: true, settledAt: now - n * dayMs }] as const));
  const kept = [1, 2, 3].map((n) => thing('kept', `t${n}`, { bytes: 40 }));
  expect(goes(kept, { tasks })).toEqual(['t3']);
  const live = thing('worktrees', 'live', { isInUse: true, bytes: 50 });
  expect(goes([live, ...kept], { tasks })).toEqual(['t2', 't3']);
});

test('over the cap setups go that were unused for the longest time, but none that is in use', () => {
  const stock = [
    thing('cache', 'oldest, in use', { usedAt: now - 9 * dayMs, bytes: 60, isInUse: true }),
    thing('cache', 'old', { usedAt: now - 8 * dayMs, bytes: 60 }),
    thing('cache', 'newer', { usedAt: now - 2 * dayMs, bytes: 40 }),
    thing('cache', 'half', { isWhole: false }),
    thing('cache', 'half, somebody is at it', { isWhole: false, usedAt: now - hourMs / 2, bytes: 0 }),
  ];
  expect(goes(stock)).toEqual(['old', 'half']);
  const used = [1, 2, 3].map((n) => thing('cache', `just used ${n}`, { usedAt: now - 1000, bytes: 100 }));
  expect(goes(used)).toEqual([]);
});

test('over the cap mirrors go that no open workflow needs', () => {
  const stock = [1, 2, 3, 4].map((n) => thing('mirror', `m${n}`, { usedAt: now - n * dayMs, bytes: 40 }));
  expect(goes(stock, { openMirrors: new Set(['m4']) })).toEqual(['m2', 'm3']);
});

test('logs that were turned over go before what is written now', () => {
  const stock = [
    thing('log', 'a.log', { usedAt: now - 5 * dayMs, bytes: 60 }),
    thing('log', 'b.log.1', { usedAt: now - dayMs, bytes: 60 }),
  ];
  expect(goes(stock)).toEqual(['b.log.1']);
});

test('passing files stay for a day, and whatever was thrown away goes', () => {
  const stock = [
    thing('scratch', 'try-a', { usedAt: now - dayMs }),
    thing('scratch', 'try-b', { usedAt: now - hourMs }),
    thing('scratch', 'x', { path: '/h/trash/x', usedAt: now }),
  ];
  expect(goes(stock)).toEqual(['try-a', 'x']);
});
