import type { HiveEvent } from '@hive/events';
import type { Labels, Metric } from './exposition.ts';
import { emptyHistogram, observe, samplesOf, type Histogram } from './histogram.ts';

/** Upper bounds of the time that a call to a model takes, in seconds. */
const bounds = [0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600];

/** What the log tells in counters, folded. Plain JSON: `[labels, value]` by the name of the metric. */
export type Counts = {
  readonly counters: Record<string, Record<string, number>>;
  readonly histograms: Record<string, Record<string, Histogram>>;
};

/** Every counter that is folded from the log: what it says, and its labels in their order. */
const counters = {
  hive_events_total: { help: 'Recorded events by type', labels: ['type'] },
  hive_step_attempts_total: { help: 'Steps that were claimed, by kind', labels: ['kind'] },
  hive_step_outcomes_total: {
    help: 'How claimed steps ended: done, failed, lost (its agent vanished), snoozed',
    labels: ['kind', 'outcome'],
  },
  hive_attempt_failures_total: { help: 'Failed attempts by kind of step and code', labels: ['kind', 'code'] },
  hive_tasks_settled_total: { help: 'Tasks that ended, by state', labels: ['state'] },
  hive_refusals_total: { help: 'Changes that were refused, by code', labels: ['code'] },
  hive_merges_total: { help: 'Changes that were merged', labels: [] },
  hive_merge_rejections_total: { help: 'Merges that did not happen, by code', labels: ['code'] },
  hive_workflows_submitted_total: { help: 'Workflows that were accepted', labels: [] },
  hive_workflows_settled_total: { help: 'Workflows that ended, by state', labels: ['state'] },
  hive_model_calls_total: {
    help: 'Calls to models that ended, by provider, model and outcome',
    labels: ['provider', 'model', 'outcome'],
  },
  hive_model_tokens_total: {
    help: 'Tokens as models reported them, by direction: input, output, cached (a part of input)',
    labels: ['provider', 'model', 'direction'],
  },
  hive_model_cost_usd_total: { help: 'What calls cost, where it is known', labels: ['provider', 'model'] },
  hive_model_limits_met_total: { help: 'Limits of providers that were met', labels: ['provider', 'model', 'kind'] },
  hive_approvals_requested_total: { help: 'Requests to a person, by kind', labels: ['kind'] },
  hive_approvals_decided_total: {
    help: 'Decisions by what was decided; expired counts as denied',
    labels: ['decision'],
  },
  hive_alerts_raised_total: { help: 'Alerts that were raised', labels: ['alert'] },
} as const satisfies Readonly<Record<string, { help: string; labels: readonly string[] }>>;

type Counter = keyof typeof counters;

const callTime = 'hive_model_call_duration_seconds';

/** Names of models, codes and alerts are an open set; beyond so many of one counter the rest are told as one. */
const mostSamples = 300;
const other = 'other';

/** Nothing counted yet. */
export const noCounts = (): Counts => ({ counters: {}, histograms: {} });

/** Counts one more event. Changes `counts`. */
export const countEvent = (counts: Counts, event: HiveEvent): void => {
  const add = (name: Counter, labels: readonly string[] = [], by = 1): void => {
    const all = (counts.counters[name] ??= {});
    const key = keyIn(all, labels);
    all[key] = (all[key] ?? 0) + by;
  };
  add('hive_events_total', [event.type]);
  switch (event.type) {
    case 'workflow.submitted':
      return add('hive_workflows_submitted_total');
    case 'workflow.completed':
    case 'workflow.failed':
    case 'workflow.cancelled':
      return add('hive_workflows_settled_total', [stateIn(event.type)]);
    case 'workflow.plan_generated':
    case 'workflow.plan_failed':
      return add('hive_step_outcomes_total', ['plan', 'done']);
    case 'task.claimed':
      return add('hive_step_attempts_total', [event.data.step]);
    case 'task.attempt_failed':
      add('hive_attempt_failures_total', [event.data.step, event.data.code]);
      return add('hive_step_outcomes_total', [event.data.step, 'failed']);
    case 'task.lease_expired':
      return add('hive_step_outcomes_total', [event.data.step, 'lost']);
    case 'task.snoozed':
      return add('hive_step_outcomes_total', [event.data.step, 'snoozed']);
    case 'task.submitted':
    case 'task.checked':
      return add('hive_step_outcomes_total', [event.data.step, 'done']);
    case 'task.review_completed':
      if (event.data.remaining === 0) add('hive_step_outcomes_total', [event.data.step, 'done']);
      return;
    case 'task.merged':
    case 'task.completed':
      add('hive_step_outcomes_total', [event.data.step, 'done']);
      return add('hive_tasks_settled_total', [stateIn(event.type)]);
    case 'task.refused':
      add('hive_refusals_total', [event.data.code]);
      return add('hive_tasks_settled_total', [stateIn(event.type)]);
    case 'task.failed':
    case 'task.blocked':
    case 'task.cancelled':
    case 'task.dead_lettered':
      return add('hive_tasks_settled_total', [stateIn(event.type)]);
    case 'merge.completed':
      return add('hive_merges_total');
    case 'merge.rejected':
      return add('hive_merge_rejections_total', [event.data.code]);
    case 'approval.requested':
      return add('hive_approvals_requested_total', [event.data.kind ?? 'merge']);
    case 'approval.decided':
      return add('hive_approvals_decided_total', [event.data.decision]);
    case 'approval.expired':
      return add('hive_approvals_decided_total', ['expired']);
    case 'model.rate_limited':
      if (event.data.hit === false) return;
      return add('hive_model_limits_met_total', [event.data.provider, event.data.model, event.data.kind]);
    case 'system.alert_raised':
      return add('hive_alerts_raised_total', [event.data.alert]);
    case 'model.called': {
      const { provider, model, outcome, input, output, cached, costUsd, totalMs, source } = event.data;
      if (source !== 'live') return; // nothing was asked of anybody
      add('hive_model_calls_total', [provider, model, outcome]);
      const tokens = { input, output, cached };
      for (const [direction, count] of Object.entries(tokens))
        if (count !== null) add('hive_model_tokens_total', [provider, model, direction], count);
      if (costUsd !== null) add('hive_model_cost_usd_total', [provider, model], costUsd);
      const all = (counts.histograms[callTime] ??= {});
      observe((all[keyIn(all, [provider, model])] ??= emptyHistogram(bounds)), bounds, totalMs / 1000);
      return;
    }
  }
};

const stateIn = (type: string): string => type.slice(type.indexOf('.') + 1);

const keyIn = (all: Readonly<Record<string, unknown>>, labels: readonly string[]): string => {
  const key = JSON.stringify(labels);
  if (Object.hasOwn(all, key) || Object.keys(all).length < mostSamples) return key;
  return JSON.stringify(labels.map(() => other));
};

const labelsOf = (names: readonly string[], key: string): Labels => {
  const values = JSON.parse(key) as readonly string[]; // as keyIn made it
  return Object.fromEntries(names.map((name, n) => [name, values[n] ?? other]));
};

/** What was counted, as metrics. A counter without labels that nothing was counted for is 0, not unknown. */
export const countedMetrics = (counts: Counts): readonly Metric[] => [
  ...Object.entries(counters).map(([name, { help, labels }]): Metric => {
    const found = Object.entries(counts.counters[name] ?? {});
    const samples = found.map(([key, value]) => ({ labels: labelsOf(labels, key), value }));
    return {
      name,
      help,
      type: 'counter',
      samples: samples.length === 0 && labels.length === 0 ? [{ value: 0 }] : samples,
    };
  }),
  {
    name: callTime,
    help: 'How long calls to models took',
    type: 'histogram',
    samples: Object.entries(counts.histograms[callTime] ?? {}).flatMap(([key, histogram]) =>
      samplesOf(histogram, bounds, labelsOf(['provider', 'model'], key)),
    ),
  },
];
