import type { Store } from '@hive/core-db';
import type { Desk } from '@hive/events';
import type { Streams } from '../stream.ts';
import { textOf } from './exposition.ts';
import { countedMetrics } from './fold-events.ts';
import type { HttpMeter } from './http-meter.ts';
import { createLogCounts } from './log-counts.ts';
import { measure, measuredMetrics } from './measure-hive.ts';
import { processMetrics } from './measure-process.ts';

/** What metrics are made of. `file` keeps the counters between two lives of the process. */
export type MetricsOptions = {
  readonly store: Store;
  readonly desk: Pick<Desk, 'health'>;
  readonly streams: Pick<Streams, 'count' | 'behind'>;
  readonly meter: HttpMeter;
  readonly file: string;
};

/** All metrics of this process. */
export type Metrics = { text(): Promise<string>; keep(): void };

/** Counters from the log and gauges of what is there now: what is asked costs the events since the last time, and no more. */
export const createMetrics = ({ store, desk, streams, meter, file }: MetricsOptions): Metrics => {
  const log = createLogCounts(store, file);
  return {
    keep: log.keep,
    text: async () => {
      const [{ counts, position }, health, asked] = await Promise.all([log.read(), desk.health(), measure(store)]);
      return textOf([
        ...measuredMetrics({
          ...asked,
          health,
          counted: position,
          streams: { count: streams.count(), behind: streams.behind() },
          now: Date.now(),
        }),
        ...countedMetrics(counts),
        ...meter.metrics(),
        ...processMetrics(),
      ]);
    },
  };
};
