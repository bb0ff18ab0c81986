import type { Report } from '@hive/events';
import { count, duration } from '../../ui/duration.ts';

/** What a report comes to, in short sentences. The first one is always there. */
export type ReportWords = {
  readonly outcome: string;
  readonly limits: readonly string[];
  readonly models: readonly string[];
  readonly again: string | null;
};

const grouped = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 });

/** A report in words. Pure. */
export const reportWords = ({ merged, refused, waiting, limits, usage, repeated }: Report): ReportWords => ({
  outcome: [
    `${merged.length} merged`,
    `${refused.length} not through`,
    ...(waiting.length > 0 ? [`${waiting.length} ${waiting.length === 1 ? 'waits' : 'wait'} for you`] : []),
  ].join(', '),
  limits: limits.map(
    ({ provider, kind, tasks, waitedMs }) =>
      `${count(tasks, 'task')} waited ${duration(waitedMs)} for ${provider} (${kind})`,
  ),
  models: usage.map(
    ({ provider, model, calls, input, output, costUsd }) =>
      `${provider}:${model}: ${count(calls, 'call')}, ${grouped.format(input + output)} tokens${costUsd === null ? '' : `, ${costUsd.toFixed(2)} USD`}`,
  ),
  again:
    repeated.length === 0
      ? null
      : `Done again: ${repeated.map(({ step, why, count: n }) => `${step} ${why} ${count(n, 'time')}`).join(', ')}`,
});
