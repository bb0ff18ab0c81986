import type { AgentSummary, ApprovalSummary, LimitWindow, WorkflowSummary } from '@hive/events';

const dayMs = 86_400_000;

/** Fewer measured durations than this say nothing about how long it takes. */
const fewestMeasured = 5;

/** What Home shows of the workflows. Example workflows are listed and labelled, and need nobody. */
export type Home = {
  readonly needsYou: readonly WorkflowSummary[];
  readonly running: readonly WorkflowSummary[];
  readonly recent: readonly WorkflowSummary[];
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
 * for a day. One that only waits for an approval is left to that approval. Within each part the newest comes first.
 */
export const homeOf = (
  workflows: readonly WorkflowSummary[],
  now: number,
  approvals: readonly Pick<ApprovalSummary, 'workflowId'>[] = [],
): Home => {
  const newest = workflows.toSorted((a, b) => b.submittedAt.localeCompare(a.submittedAt));
  const asked = new Set(approvals.map(({ workflowId }) => workflowId));
  const waits = ({ status, id }: WorkflowSummary) => status === 'waiting' && !asked.has(id);
  const needs = (workflow: WorkflowSummary) =>
    !workflow.example &&
    (waits(workflow) || ((workflow.status === 'failed' || endedBadly(workflow) > 0) && isRecent(workflow, now)));
  const runs = (workflow: WorkflowSummary) => isOpen(workflow) || workflow.status === 'waiting';
  return {
    needsYou: newest.filter(needs).toSorted((a, b) => Number(waits(b)) - Number(waits(a))),
    running: newest.filter((workflow) => runs(workflow) && !needs(workflow)),
    recent: newest.filter((workflow) => !runs(workflow) && !needs(workflow)),
  };
};

/** What to call: the agents that are there, by what they do. */
export const agentCounts = (agents: readonly AgentSummary[]): Readonly<Record<AgentSummary['status'], number>> => {
  const counts = { idle: 0, busy: 0, draining: 0, paused: 0, gone: 0 };
  for (const { status } of agents) counts[status] += 1;
  return counts;
};

/** About how long a workflow still takes (ms), and from how many others that was measured. */
export type Left = { readonly ms: number; readonly measured: number };

/**
 * How long a running workflow still takes: the median time per task of finished workflows of the same repository, times the tasks that
 * are not settled. Null with fewer than five measured.
 */
export const leftOf = (workflow: WorkflowSummary, all: readonly WorkflowSummary[]): Left | null => {
  const open = workflow.tasks - settled(workflow);
  const perTask = all
    .flatMap((it) =>
      it.repo === workflow.repo && it.status === 'completed' && it.settledAt !== null && it.tasks > 0
        ? [(Date.parse(it.settledAt) - Date.parse(it.submittedAt)) / it.tasks]
        : [],
    )
    .sort((a, b) => a - b);
  const median = perTask[Math.floor(perTask.length / 2)];
  return median === undefined || perTask.length < fewestMeasured || open <= 0 || workflow.status !== 'running'
    ? null
    : { ms: median * open, measured: perTask.length };
};

/** The limit that resets next, with the moment; null when none is known to. */
export const nextReset = (limits: readonly LimitWindow[], now: number): (LimitWindow & { resetsAt: string }) | null =>
  limits
    .flatMap((limit) =>
      limit.resetsAt !== null && Date.parse(limit.resetsAt) > now ? [{ ...limit, resetsAt: limit.resetsAt }] : [],
    )
    .toSorted((a, b) => a.resetsAt.localeCompare(b.resetsAt))[0] ?? null;
