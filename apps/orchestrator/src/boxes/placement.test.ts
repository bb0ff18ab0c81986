import type { Move } from '@hive/bus';
import { expect, test } from 'vitest';
import { withPlacement } from './placement.ts';

const box = (name: string, tps: number) => ({
  name,
  up: true,
  seenAt: 0,
  models: [{ name: 'coder:30b', digest: 'c', size: 18e9, bytesPerToken: 0, numCtx: 16_384, can: null }],
  loaded: [{ digest: 'c', size: 18e9, sizeVram: 18e9 }],
  memory: null,
  facts: { c: { calls: 9, decodeTps: tps, prefillTps: tps * 20, loadBytesPerS: null } },
  quietUntil: null,
  maxInFlight: 1,
  prefixes: [],
});

const step = (taskId: string, kind: 'work' | 'check' = 'work') =>
  ({ events: [], step: { id: `s-${taskId}`, kind, taskId, because: 'any worker' } }) as unknown as Move;
const placed = (moves: readonly Move[], boxes: readonly ReturnType<typeof box>[]) =>
  withPlacement(moves, {
    pool: { boxes, placed: [], placedAt: 0, pollMs: 1000 },
    refOf: (id) => (id === 'human' ? null : { model: 'coder:30b' }),
    now: 0,
    random: () => 0,
  }).map((move) => move.step?.because);

test('a step says where its author would run, and each counts for the next one', () => {
  expect(placed([step('a'), step('b'), step('c')], [box('ash', 30), box('elm', 80)])).toEqual([
    'coder:30b on elm: resident, 80 tok/s, queue 0, ~13 s; any worker',
    'coder:30b on elm: resident, 80 tok/s, queue 1, ~25 s; any worker',
    'coder:30b on ash: resident, 30 tok/s, queue 0, ~33 s; any worker',
  ]);
});

test('steps that no local model authors stay as they are', () => {
  expect(placed([step('human'), step('a', 'check')], [box('ash', 30)])).toEqual(['any worker', 'any worker']);
});

test('where no box can take it, the reason is told', () => {
  expect(placed([step('a')], [{ ...box('ash', 30), up: false }])).toEqual([
    'no box can take it now (ash does not answer); any worker',
  ]);
});
