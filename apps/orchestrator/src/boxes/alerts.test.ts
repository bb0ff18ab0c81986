import type { MachineFigures } from '@hive/events';
import { expect, test } from 'vitest';
import { verdicts, type Measured } from './alerts.ts';

const now = Date.parse('2026-01-01T00:01:00.000Z');
const fresh = '2026-01-01T00:00:55.000Z';
const old = '2026-01-01T00:00:20.000Z';
const card = { id: 'g', name: null, total: 100, used: 50, busy: null, celsius: null, watts: null };
const machine = (over: Partial<MachineFigures> = {}): Measured['machines'][number] => ({
  host: 'ash',
  figures: {
    at: fresh,
    boxes: [],
    cpu: 50,
    memory: { total: 100, used: 50 },
    gpus: [card],
    driver: 'answers',
    gpusAt: fresh,
    ...over,
  },
});
const call = (tokensPerS: number, totalMs = 10_000) => ({
  box: 'elm',
  outcome: 'ok' as const,
  source: 'live' as const,
  tokensPerS,
  totalMs,
});
const decided = (over: Partial<Measured>, raised: readonly string[] = []) =>
  Object.fromEntries(
    verdicts(
      {
        thresholds: { cpu: 80, memory: 80, gpu: 90, responseS: 60 },
        boxes: [{ name: 'elm', targets: { minTps: 20, maxResponseS: null } }],
        machines: [],
        calls: [],
        now,
        ...over,
      },
      raised,
    ).map(({ alert, message }) => [alert, message]),
  );

test('an alert is raised above its mark, resolved a tenth below, and neither between', () => {
  const cpu = (value: number) => decided({ machines: [machine({ cpu: value })] })['machine.ash.cpu'];
  expect(cpu(81)).toBe('Processors of ash: 81 %, more than 80 %');
  expect([cpu(80), cpu(73), cpu(72)]).toEqual([undefined, undefined, null]);
});

test('memory, graphics cards and a silent driver are told', () => {
  const full = machine({ memory: { total: 100, used: 99 }, gpus: [card, { ...card, used: 95 }], driver: 'silent' });
  expect(decided({ machines: [full] })).toEqual({
    'machine.ash.cpu': null,
    'machine.ash.memory': 'Memory of ash: 99 %, more than 80 %',
    'machine.ash.gpu': 'Memory of a graphics card of ash: 95 %, more than 90 %',
    'machine.ash.driver': expect.stringMatching(/does not answer/) as string,
  });
});

test('what is older than 30 s is unknown and changes nothing', () => {
  expect(decided({ machines: [machine({ at: old, cpu: 99 })] }, ['machine.ash.cpu'])).toEqual({});
  expect(decided({ machines: [machine({ gpusAt: old, gpus: [{ ...card, used: 99 }] })] })).not.toHaveProperty(
    'machine.ash.gpu',
  );
});

test('a box is measured by its last calls, and three are needed', () => {
  expect(decided({ calls: [call(5), call(5)] })).toEqual({});
  expect(decided({ calls: [call(5), call(5), call(90, 100_000)] })).toEqual({
    'box.elm.slow': 'elm writes 5.0 tok/s, and should 20',
    'box.elm.response': null,
  });
  expect(decided({ calls: [call(30, 70_000), call(30, 70_000), call(30, 70_000)] })).toEqual({
    'box.elm.slow': null,
    'box.elm.response': 'elm answers in 70 s, and should in 60 s',
  });
});

test('alerts of what is gone are resolved, those of others are left alone', () => {
  expect(decided({}, ['machine.oak.cpu', 'box.oak.slow', 'store.wal', 'box.elm.slow'])).toEqual({
    'machine.oak.cpu': null,
    'box.oak.slow': null,
  });
});
