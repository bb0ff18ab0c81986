import type { AgentSummary, WorkflowSummary } from '@hive/events';

const dayMs = 86_400_000;

/** What Home shows. Example workflows are listed and labelled, and counted nowhere. */
export type Home = {
  readonly needsYou: readonly WorkflowSummary[];
  readonly running: readonly WorkflowSummary[];
  readonly recent: readonly WorkflowSummary[];
  readonly figures: {
    readonly running: number;
    readonly merged: number;
    readonly refused: number;
    readonly waiting: number;
  };
};

const isOpen = ({ status }: WorkflowSummary): boolean => ['submitted', 'planned', 'running', 'paused'].includes(status);

/** Tasks of a workflow that ended without a merge: the refused and what failed, whatever failed it. */
export const endedBadly = ({ counts }: WorkflowSummary): number =>
  (counts['refused'] ?? 0) + (counts['failed'] ?? 0) + (counts['infra'] ?? 0) + (counts['blocked'] ?? 0);

/** Tasks that nothing more will happen to by itself. */
export const settled = (workflow: WorkflowSummary): number =>
  workflow.merged + (workflow.counts['completed'] ?? 0) + (workflow.counts['cancelled'] ?? 0) + endedBadly(workflow);

const isRecent = (workflow: WorkflowSummary, now: number): boolean =>
  now - Date.parse(workflow.settledAt ?? workflow.submittedAt) < dayMs;

/**
 * Sorts workflows by what a person has to do: one that waits needs you however old it is; one that failed or lost a task needs you
 * for a day. Within each part the newest comes first.
 */
export const homeOf = (workflows: readonly WorkflowSummary[], now: number): Home => {
  const newest = workflows.toSorted((a, b) => b.submittedAt.localeCompare(a.submittedAt));
  const real = newest.filter((workflow) => !workflow.example);
  const needs = (workflow: WorkflowSummary) =>
    !workflow.example &&
    (workflow.status === 'waiting' ||
      ((workflow.status === 'failed' || endedBadly(workflow) > 0) && isRecent(workflow, now)));
  const day = real.filter((workflow) => isRecent(workflow, now));
  const sum = (of: (workflow: WorkflowSummary) => number) => day.reduce((total, workflow) => total + of(workflow), 0);
  return {
    needsYou: real.filter(needs).toSorted((a, b) => Number(b.status === 'waiting') - Number(a.status === 'waiting')),
    running: newest.filter((workflow) => isOpen(workflow) && !needs(workflow)),
    recent: newest.filter((workflow) => !isOpen(workflow) && !needs(workflow)),
    figures: {
      running: real.filter(isOpen).length,
      merged: sum(({ merged }) => merged),
      refused: sum(endedBadly),
      waiting: real.filter(({ status }) => status === 'waiting').length,
    },
  };
};

/** What to call: the agents that are there, by what they do. */
export const agentCounts = (agents: readonly AgentSummary[]): Readonly<Record<AgentSummary['status'], number>> => {
  const counts = { idle: 0, busy: 0, draining: 0, gone: 0 };
  for (const { status } of agents) counts[status] += 1;
  return counts;
};
