import type { Report } from '@hive/events';
import { count, duration, inShort } from '../../ui/duration.ts';
import type { EventQuery } from '../../ui/event-query.ts';

/** A short sentence of figures and the events that they were folded from. */
export type ReportLine = { readonly said: string; readonly query: EventQuery };

/** The events of the figures of a report. */
export const mergedTypes: readonly string[] = ['task.merged', 'task.completed'];
export const notThroughTypes: readonly string[] = [
  'task.refused',
  'task.failed',
  'task.blocked',
  'task.dead_lettered',
  'workflow.plan_failed',
];
const againTypes: readonly string[] = ['task.attempt_failed', 'task.lease_expired', 'task.returned'];

/** What models took, what waited for limits and what was done again, each in a sentence. Pure. */
export const reportWords = ({ since, limits, usage, repeated }: Report): readonly ReportLine[] => [
  ...limits.map(({ provider, kind, tasks, waitedMs }) => ({
    said: `${count(tasks, 'task')} waited ${duration(waitedMs)} for ${provider} (${kind})`,
    query: { types: ['model.parked'], since, text: provider },
  })),
  ...usage.map(({ provider, model, calls, input, output, costUsd }) => ({
    said: `${provider}:${model}: ${count(calls, 'call')}, ${inShort(input + output)} tokens${costUsd === null ? '' : `, ${costUsd.toFixed(2)} USD`}`,
    query: { types: ['model.called'], since, text: model },
  })),
  ...(repeated.length === 0
    ? []
    : [
        {
          said: `Done again: ${repeated.map(({ step, why, count: n }) => `${step} ${why} ${count(n, 'time')}`).join(', ')}`,
          query: { types: againTypes, since },
        },
      ]),
];
