import { expect, test } from 'vitest';
import { foldLimits, type LimitsView } from './limit-view.ts';
import type { Fact } from './task-view.ts';

const limited = (kind: string, model: string, more: object = {}): Fact =>
  ({
    type: 'model.rate_limited',
    stream: 'limit/claude',
    at: '2030-01-01T00:00:00.000Z',
    data: { callId: '1', taskId: null, provider: 'claude', model, kind, resetsAt: null, ...more },
  }) as unknown as Fact;

test('a window of a plan is of all models, tokens are those of one', () => {
  const view = [limited('five_hour', 'a'), limited('tokens', 'a'), limited('tokens', 'b')].reduce<LimitsView | null>(
    foldLimits,
    null,
  );
  expect(Object.values(view ?? {}).map(({ kind, model }) => [kind, model])).toEqual([
    ['five_hour', null],
    ['tokens', 'a'],
    ['tokens', 'b'],
  ]);
});

test('the last word on a limit replaces the ones before; without `hit` it was met', () => {
  const view = foldLimits(
    foldLimits(null, limited('five_hour', 'a', { hit: false, usedShare: 0.8 })),
    limited('five_hour', 'a'),
  );
  expect(view['five_hour']).toMatchObject({ hit: true, usedShare: null });
});
