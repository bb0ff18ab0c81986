import { clock } from '../clock.ts';
import type { Place } from '../contender.ts';
import { openPlace } from '../hive-log.ts';
import { fillLog, perTrace, traceId } from '../log-fill.ts';
import type { Figures, Row, Scale } from '../row.ts';
import { percentile } from '../statistics.ts';

const sizes = { 'quick: 50,000 events': 50_000, '1 M events': 1_000_000, '10 M events': 10_000_000 } as const;
type Size = keyof typeof sizes;
const listed = 50;

const timesOf = async (samples: number, read: () => Promise<number>, expected: number): Promise<readonly number[]> => {
  const times: number[] = [];
  for (let i = 0; i < samples; i++) {
    const began = clock();
    const found = await read();
    times.push(clock() - began);
    if (found !== expected) throw new Error(`${found} rows instead of ${expected}`);
  }
  return times;
};

const measure = async (events: number, place: Place, samples: number): Promise<Figures> => {
  await (await openPlace(place)).close();
  const began = clock();
  const traces = await fillLog(place, events);
  const fillSeconds = (clock() - began) / 1000;
  const store = await openPlace(place);
  const one = async () =>
    (await store.events({ correlationId: traceId(Math.floor(Math.random() * traces)), limit: 1000 })).events.length;
  const list = async () => (await store.traces({ limit: listed })).length;
  await timesOf(20, one, perTrace);
  const trace = await timesOf(samples, one, perTrace);
  const recent = await timesOf(samples, list, listed);
  await store.close();
  return {
    p50: percentile(trace, 0.5),
    p99: percentile(trace, 0.99),
    listP50: percentile(recent, 0.5),
    listP99: percentile(recent, 0.99),
    fill: fillSeconds,
  };
};

const rowOf =
  (database: Row['database'], limits: { readonly p50: number; readonly p99: number }) =>
  ({ quick, large }: Scale): Row => {
    const variants: Size[] = quick ? ['quick: 50,000 events'] : large ? ['1 M events', '10 M events'] : ['1 M events'];
    return {
      name: `trace-${database}`,
      about: `the ${perTrace} events of a trace, and the ${listed} most recent traces, out of a large log (10 M with --large)`,
      database,
      variants,
      units: { p50: 'ms', p99: 'ms', listP50: 'ms', listP99: 'ms', fill: 's to fill the log' },
      rounds: 1,
      limitMs: 3_600_000,
      targets: variants.flatMap((of) => [
        { figure: 'p50', of, atMost: limits.p50 },
        { figure: 'p99', of, atMost: limits.p99 },
        { figure: 'listP50', of, atMost: 5 },
      ]),
      measure: (variant, place) => measure(sizes[variant as Size], place, quick ? 200 : 2_000),
    };
  };

export const traceRows = (scale: Scale): readonly Row[] => [
  rowOf('postgres', { p50: 1.5, p99: 10 })(scale),
  rowOf('sqlite', { p50: 0.5, p99: 5 })(scale),
];
