import { expect, test } from 'vitest';
import { compareSeeds } from './compare.ts';
import { drawnLoad } from './load.ts';
import { predictedFinish, roundRobin } from './policies.ts';
import { boxesIn, callsIn } from './read-recording.ts';
import { recordedLoad } from './recorded-load.ts';
import { simulate } from './simulate.ts';

// Few seeds and calls, because this runs with every test; bench/simulate.ts runs the long one.
const differ = compareSeeds(3, { calls: 300 });
const same = compareSeeds(3, { calls: 300, same: true });

test('calls end earlier than by round robin and by least connections', () => {
  const ratio = ({ hive, roundRobin: rr, leastConnections: lc }: typeof differ) => hive.p95 / Math.min(rr.p95, lc.p95);
  expect(ratio(differ)).toBeLessThan(0.4);
  expect(ratio(same)).toBeLessThan(0.7);
  expect(differ.hive.p50).toBeLessThan(differ.leastConnections.p50 * 0.5);
});

test('models are loaded half as often, and nobody waits for ever', () => {
  expect(differ.hive.loads).toBeLessThan(differ.leastConnections.loads * 0.6);
  expect(differ.hive.longestWait).toBeLessThan(10 * Math.max(differ.hive.medianWait, differ.hive.p50));
});

test('routers that look at an old picture do better with two random boxes than with the best one', () => {
  expect(same.staleTwo.p95).toBeLessThan(same.staleBest.p95 * 0.8);
});

test('each call is done once, and the same load comes to the same end', () => {
  const load = drawnLoad(7, { calls: 100 });
  const run = () => simulate(load, predictedFinish(load));
  expect(run().completions).toHaveLength(100);
  expect(run()).toEqual(run());
});

const recorded = (at: number, box: string, model: string) => ({
  type: 'model.called',
  at: new Date(1e12 + at * 1000).toISOString(),
  data: { model, box, input: 900, cached: 100, output: 200, totalMs: 5000, queuedMs: 1000, tokensPerS: 40 },
});
const log = [recorded(10, 'a', 'x'), recorded(6, 'b', 'y'), recorded(12, 'a', 'y')];

test('a load is read from the calls of a log, with what is known of the boxes', () => {
  const models = [{ name: 'x:latest', size: 9e9, tokensPerS: null }];
  const load = recordedLoad(log, [{ name: 'a', models, memory: { total: 8e9 } }]);
  expect(load).toEqual({
    boxes: [
      { name: 'a', tokensPerS: 40, memory: 8e9, models: ['x:latest', 'y:latest'] },
      { name: 'b', tokensPerS: 40, memory: 24e9, models: ['y:latest'] },
    ],
    models: [
      { name: 'x:latest', size: 9e9 },
      { name: 'y:latest', size: 5e9 },
    ],
    calls: [
      { at: 0, model: 'y:latest', prompt: 1000, output: 200 },
      { at: 4, model: 'x:latest', prompt: 1000, output: 200 },
      { at: 6, model: 'y:latest', prompt: 1000, output: 200 },
    ],
  });
  expect(simulate(load, roundRobin()).completions).toHaveLength(3);
});

test('a recording is read in every form in which Hive hands events out', () => {
  const others = [{ type: 'task.assigned', at: 'x', data: {} }, recorded(20, 'a', 'x')];
  const all = [...log, others[0], { ...others[1], data: { ...recorded(20, 'a', 'x').data, source: 'replay' } }];
  const forms = [
    JSON.stringify(all, null, 2),
    JSON.stringify({ items: all, next: null }),
    all.map((it) => JSON.stringify(it)).join('\n'),
  ];
  for (const form of forms) expect(callsIn(form).map(({ at }) => at)).toEqual(log.map(({ at }) => at));
  expect(callsIn(JSON.stringify(log[0]))).toHaveLength(1);
  expect(() => callsIn('hello')).toThrow(/holds no events as JSON/);
  expect(() => callsIn('{"type":"task.ready"}')).toThrow(/no call that a box answered/);
  expect(() => callsIn('{"type":"model.called","at":"now"}')).toThrow(/cannot be read/);
  const boxes = {
    items: [{ name: 'a', title: 'A', models: [{ name: 'x', size: 1, tokensPerS: 4 }], memory: null }],
    next: null,
  };
  expect(boxesIn(JSON.stringify(boxes))).toMatchObject([{ name: 'a' }]);
});
