import fc from 'fast-check';
import type { StepRow } from '@hive/core-db';
import { expect, test } from 'vitest';
import { admissible, openings } from './limits.ts';

type Given = Pick<StepRow, 'id' | 'rank' | 'state' | 'limits'>;
/** Who is let in of these, where of each kind no more are looked at than may go in. */
const open = (given: readonly Given[]) => {
  const steps = given as readonly StepRow[];
  const counts = steps.map(({ limits, state }) => ({ limits, state, count: 1 }));
  const grouped = [...Map.groupBy(counts, (it) => JSON.stringify(it)).values()].flatMap(([one, ...others]) =>
    one ? [{ ...one, count: 1 + others.length }] : [],
  );
  const parked = openings(grouped).flatMap(({ limits, most }) =>
    steps
      .filter((it) => it.state === 'parked' && JSON.stringify(it.limits) === JSON.stringify(limits))
      .toSorted((a, b) => a.rank - b.rank || (a.id < b.id ? -1 : 1))
      .slice(0, most),
  );
  return admissible(grouped, parked).map((it) => it.id);
};
const step = (id: string, state: StepRow['state'], rank: number, ...keys: string[]): Given => ({
  id,
  state,
  rank,
  limits: keys.map((key) => ({ key, max: 2 })),
});

test('the best go in first, as long as there is room under every one of their keys', () => {
  expect(
    open([
      step('held', 'claimed', 0, 'a'),
      step('late', 'parked', 9, 'a'),
      step('both', 'parked', 2, 'a', 'b'),
      step('full', 'parked', 3, 'a', 'b'),
      step('other', 'parked', 4, 'b'),
      step('paused', 'paused', 1, 'b'),
    ]),
  ).toEqual(['both', 'other']);
});

/** Steps in any state, of any of three keys. */
const anySteps = fc
  .array(
    fc.record({
      state: fc.constantFrom<StepRow['state']>('parked', 'parked', 'parked', 'ready', 'claimed'),
      rank: fc.nat(5),
      keys: fc.uniqueArray(fc.constantFrom('a', 'b', 'c'), { minLength: 1 }),
    }),
    { maxLength: 14 },
  )
  .map((made) => made.map(({ state, rank, keys }, i) => step(`s${10 + i}`, state, rank, ...keys)));

test('no key ever has more inside than its limit, and nobody is left outside without a reason', () => {
  fc.assert(
    fc.property(anySteps, (steps) => {
      const letIn = new Set(open(steps));
      const isInside = (it: Given) => it.state !== 'parked' || letIn.has(it.id);
      const inside = (key: string) => steps.filter((it) => isInside(it) && it.limits.some((l) => l.key === key)).length;
      const outside = (key: string) =>
        steps.filter((it) => it.state !== 'parked' && it.limits.some((l) => l.key === key)).length;
      for (const key of ['a', 'b', 'c']) expect(inside(key)).toBeLessThanOrEqual(Math.max(2, outside(key)));
      for (const it of steps)
        if (!isInside(it)) expect(it.limits.some(({ key, max }) => inside(key) >= max)).toBe(true);
    }),
  );
});

test('looking at no more of each kind than may go in lets the same ones in as looking at all', () => {
  fc.assert(
    fc.property(anySteps, (made: readonly Given[]) => {
      const steps = made as readonly StepRow[];
      const counts = steps.map(({ limits, state }) => ({ limits, state, count: 1 }));
      const all = admissible(
        counts,
        steps.filter((it) => it.state === 'parked'),
      );
      expect(open(steps)).toEqual(all.map((it) => it.id));
    }),
  );
});
