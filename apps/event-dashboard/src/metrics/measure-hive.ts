import type { Head, StepCount, Store } from '@hive/core-db';
import type { BoxView, Health } from '@hive/events';
import type { Labels, Metric, Sample } from './exposition.ts';

/** What is measured at the moment of asking; none of it reads the log. */
export type Measured = {
  readonly health: Health;
  readonly steps: readonly StepCount[];
  readonly heads: Readonly<Record<'workflow' | 'task', Readonly<Record<string, number>>>>;
  readonly waiting: number;
  readonly boxes: readonly Head[];
  readonly streams: { readonly count: number; readonly behind: number };
  /** How far the counters were counted. */
  readonly counted: number;
  readonly now: number;
};

/** Asks the store and the desk. */
export const measure = async (
  store: Pick<Store, 'stepCounts' | 'countHeads' | 'listHeads'>,
): Promise<Pick<Measured, 'steps' | 'heads' | 'waiting' | 'boxes'>> => {
  const [steps, workflow, task, approvals, boxes] = await Promise.all([
    store.stepCounts(),
    store.countHeads('workflow'),
    store.countHeads('task'),
    store.countHeads('approval'),
    store.listHeads({ kind: 'box', limit: 1000 }),
  ]);
  return { steps, heads: { workflow, task }, waiting: approvals['open'] ?? 0, boxes };
};

/** The moment that an id of version 7 was made at, in milliseconds. */
const timeOf = (id: string): number => Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16);

const boxState = (view: BoxView, now: number): string => {
  if (view.quiet && Date.parse(view.quiet.until) > now) return 'quiet';
  return view.up === true ? 'online' : view.up === false ? 'offline' : 'unknown';
};

/** How Hive is, as gauges. */
export const measuredMetrics = (measured: Measured): readonly Metric[] => {
  const { health, steps, heads, waiting, boxes, streams, counted, now } = measured;
  const gauge = (name: string, help: string, samples: readonly Sample[] | number | null): Metric => ({
    ...{ name, help, type: 'gauge' },
    samples: samples === null ? [] : typeof samples === 'number' ? [{ value: samples }] : samples,
  });
  const by = (name: string, values: Iterable<readonly [string, number]>): Sample[] =>
    [...values].map(([label, value]) => ({ labels: { [name]: label } satisfies Labels, value }));
  const ready = steps.filter(({ state }) => state === 'ready');
  const boxCounts = Map.groupBy(boxes, ({ view }) => boxState(view as BoxView, now)); // heads of kind box
  const { disk, horizon } = health;
  return [
    gauge('hive_build_info', 'The version that runs', [{ labels: { version: health.version }, value: 1 }]),
    gauge('hive_store_bytes', 'Size of the store', health.database.bytes),
    gauge('hive_log_position', 'Position of the newest visible event', health.head),
    gauge('hive_metrics_position', 'Position up to which the counters below are counted', counted),
    gauge(
      'hive_steps',
      'Open steps in the queue by kind and state',
      steps.map(({ kind, state, count }) => ({ labels: { kind, state }, value: count })),
    ),
    gauge(
      'hive_oldest_ready_step_age_seconds',
      'For how long the oldest ready step of a kind has been waiting for somebody',
      ready.map(({ kind, oldest }) => ({ labels: { kind }, value: Math.max(0, (now - timeOf(oldest)) / 1000) })),
    ),
    gauge('hive_workflows', 'Workflows by state', by('state', Object.entries(heads.workflow))),
    gauge('hive_tasks', 'Tasks by state', by('state', Object.entries(heads.task))),
    gauge('hive_approvals_waiting', 'Requests that wait for a person', waiting),
    gauge(
      'hive_dead_letters',
      'Tasks that failed or were given up, and events that could not be handled, until they are redriven or discarded',
      health.deadLetters,
    ),
    gauge('hive_agents', 'Processes of the building that are alive', health.agents),
    gauge(
      'hive_boxes',
      'Boxes by state',
      by(
        'state',
        [...boxCounts].map(([state, all]) => [state, all.length] as const),
      ),
    ),
    gauge(
      'hive_paused',
      'What the stop button holds back: 1 for each kind of step, or all',
      by(
        'kind',
        Object.keys(health.paused).map((kind) => [kind, 1] as const),
      ),
    ),
    gauge(
      'hive_alerts',
      'Alerts that are raised now',
      by(
        'alert',
        (health.alerts ?? []).map(({ alert }) => [alert, 1] as const),
      ),
    ),
    gauge(
      'hive_subscription_position',
      'Last position that a subscription handled',
      by(
        'subscription',
        health.subscriptions.map(({ name, position }) => [name, position] as const),
      ),
    ),
    gauge('hive_streams', 'Clients that follow the log through this process', streams.count),
    gauge('hive_stream_lag_events', 'How far the slowest of them is behind, in events', streams.behind),
    gauge('hive_disk_free_bytes', 'Free room under HIVE_HOME', disk?.freeBytes ?? null),
    gauge(
      'hive_horizon_lag_seconds',
      'For how long readers of the log are held back by a transaction that writes',
      horizon ? horizon.lagMs / 1000 : null,
    ),
    gauge('hive_horizon_hidden_events', 'Events that are recorded and held back', horizon?.hidden ?? null),
  ];
};
