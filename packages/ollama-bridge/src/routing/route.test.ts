import { describe, expect, test } from 'vitest';
import { route } from './route.ts';
import { aBox, aCall, aModel, aPlace, aPool } from './testing.ts';

const now = 0;
const random = () => 0;
const to = (...given: Parameters<typeof route>) => {
  const { chosen } = route(...given);
  return chosen?.box ?? null;
};

describe('the box that ends first is taken', () => {
  test('a faster one before a slower one', () => {
    expect(to(aPool([aBox('a', { tps: 20 }), aBox('b', { tps: 40 })]), aCall(), { now, random })).toBe('b');
  });

  test('a slower one that is free before a faster one with a queue', () => {
    const pool = aPool(
      [aBox('a', { tps: 60 }), aBox('b')],
      [aPlace('x', { state: 'runs', startedAt: 0 }), aPlace('y')],
    );
    expect(to(pool, aCall(), { now, random })).toBe('b');
  });

  test('one that has the model in its memory before one that has to load it', () => {
    const pool = aPool([aBox('a', { loaded: [], memory: { total: 24e9, used: 0 } }), aBox('b', { tps: 30 })]);
    expect(to(pool, aCall(), { now, random })).toBe('b');
  });

  test('names decide between equals', () => {
    expect(to(aPool([aBox('b'), aBox('a')]), aCall(), { now, random })).toBe('a');
  });

  test('the numbers that decided are told', () => {
    const pool = aPool(
      [aBox('ironwood', { tps: 41 })],
      [aPlace('x', { box: 'ironwood', state: 'runs', startedAt: 0 })],
    );
    const { chosen } = route(pool, aCall(), { now, random });
    expect(chosen).toMatchObject({ because: 'ironwood: resident, 41 tok/s, queue 1, ~21 s', forecast: { queue: 1 } });
  });

  test('what has to be loaded and what was guessed is told', () => {
    const cold = aBox('a', {
      loaded: [{ digest: 'other', size: 20e9, sizeVram: 20e9 }],
      memory: { total: 24e9, used: 20e9 },
      facts: {},
    });
    expect(route(aPool([cold]), aCall(), { now, random }).chosen?.because).toMatch(
      /^a: loads 18 GB in place of 1, 22 tok\/s \(guessed\), queue 0, ~\d+ s$/,
    );
  });
});

describe('a box is passed over', () => {
  const why = (box: Parameters<typeof aBox>[1], call: Parameters<typeof aCall>[0] = {}) => {
    const found = route(aPool([aBox('a', box)]), aCall(call), { now, random });
    return found.chosen ? null : found.unfit.map((it) => it.why);
  };
  test.each([
    ['that does not answer', { up: false }, {}, ['away']],
    ['that its owner has', { quietUntil: 1000 }, {}, ['quiet']],
    ['without the model', { models: [aModel({ name: 'other:1b' })] }, {}, ['absent']],
    ['whose model cannot do it', {}, { needs: ['vision'] }, ['unable']],
    ['whose context is too small', { models: [aModel({ numCtx: 900 })] }, {}, ['context']],
    ['that ran out of memory with it', { models: [aModel({ unfitUntil: 1000 })] }, {}, ['memory']],
  ] as const)('%s', (_, box, call, reasons) => {
    expect(why(box as never, call as never)).toEqual(reasons);
  });

  test('but not once its owner is done, nor for what nobody knows', () => {
    expect(why({ quietUntil: -1, models: [aModel({ can: null, unfitUntil: -1 })] }, { needs: ['vision'] })).toBeNull();
  });

  test('and another one of the call is not asked when a box is named', () => {
    const pool = aPool([aBox('a'), aBox('b', { tps: 99 })]);
    expect(to(pool, aCall({ candidates: [{ model: 'coder:30b', box: 'a' }] }), { now, random })).toBe('a');
  });
});

test('a box that was not seen for long, or that a model does not fit into, is the last resort', () => {
  const stale = aBox('a', { tps: 90, seenAt: -20_000 });
  const small = aBox('b', { tps: 90, loaded: [], memory: { total: 12e9, used: 0 } });
  expect(to(aPool([stale, small, aBox('c', { tps: 5 })]), aCall(), { now, random })).toBe('c');
  expect(to(aPool([stale]), aCall(), { now, random })).toBe('a');
  expect(to(aPool([small]), aCall(), { now, random })).toBe('b');
});

test('where the picture of the calls is old, the better of two random boxes is taken', () => {
  const pool = { ...aPool(['a', 'b', 'c', 'd'].map((name, n) => aBox(name, { tps: 10 * (n + 1) }))), placedAt: -6000 };
  const drawn = (...draws: number[]) => to(pool, aCall(), { now, random: () => draws.shift() ?? 0 });
  expect(drawn(0, 0)).toBe('b');
  expect(drawn(0.2, 0.4)).toBe('c');
  expect(to({ ...pool, placedAt: now }, aCall(), { now, random })).toBe('d');
});

test('the box that knows the beginning of a prompt is preferred, unless it takes half as long again', () => {
  const prefix = { hash: 'p', tokens: 700 };
  const knows = (tps: number) => aPool([aBox('a', { tps, prefixes: ['p'] }), aBox('b')]);
  expect(to(knows(38), aCall({ prefix }), { now, random })).toBe('a');
  expect(to(knows(38), aCall(), { now, random })).toBe('b');
  const long = aCall({ promptTokens: 12_000, prefix: { hash: 'p', tokens: 12_000 } });
  expect(to(knows(25), long, { now, random })).toBe('b');
});

test('a hundred calls between two looks spread by speed, because each counts from its decision', () => {
  const speeds = [10, 25, 40, 80];
  const boxes = speeds.map((tps, n) => aBox(`box-${n}`, { tps }));
  const placed: ReturnType<typeof aPlace>[] = [];
  for (let n = 0; n < 100; n++) {
    const box = to(aPool(boxes, placed), aCall({ callId: `c${n}` }), { now, random }) ?? '';
    placed.push(aPlace(`c${n}`, { box, since: n - 1000 }));
  }
  const share = (n: number) => placed.filter((it) => it.box === `box-${n}`).length / 100;
  const fair = (n: number) => (speeds[n] ?? 0) / 155;
  for (const n of speeds.keys()) expect(Math.abs(share(n) - fair(n)) / fair(n)).toBeLessThan(0.2);
});
