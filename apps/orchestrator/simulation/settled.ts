import type { Memory } from '@hive/core-db/memory';
import { openIntents, type MergeView } from '@hive/events';

const quietMs = 100;
const lookMs = 10;
const endedWorkflows = new Set(['completed', 'failed', 'cancelled']);
const openTasks = new Set(['pending', 'ready', 'working', 'submitted', 'checked', 'reviewed', 'waiting']);

/** Answers whether everything has come to its end and stayed there for a moment: workflows and tasks are settled, of every move it is told what became of it, and no step is open. */
export const createSettledWatch = (
  { tables }: Memory,
  workflows: readonly string[],
  now: () => number,
): (() => boolean) => {
  const isSettled = (): boolean =>
    openSteps(tables) === 0 &&
    workflows.every((id) => endedWorkflows.has(tables.heads.get(`workflow/${id}`)?.state ?? '')) &&
    [...tables.heads.values()].every((it) => it.kind !== 'task' || !openTasks.has(it.state)) &&
    untold(tables).length === 0;
  let since = Infinity;
  let lookedAt = -Infinity;
  return () => {
    if (now() - lookedAt >= lookMs) {
      lookedAt = now();
      since = isSettled() ? Math.min(since, now()) : Infinity;
    }
    return now() - since >= quietMs;
  };
};

const openSteps = ({ stepsIn }: Memory['tables']): number =>
  stepsIn.ready.size + stepsIn.claimed.size + stepsIn.scheduled.size + stepsIn.paused.size + stepsIn.parked.size;

/** Branches with a move of which nobody has told what became of it. */
const untold = ({ heads }: Memory['tables']) =>
  [...heads.values()].filter((it) => it.kind === 'merge' && openIntents(it.view as MergeView).length > 0); // made by foldStream

/** What has not come to its end. */
export const leftOver = ({ tables }: Memory): string =>
  [
    ...[...tables.heads.values()]
      .filter((it) => (it.kind === 'workflow' && !endedWorkflows.has(it.state)) || openTasks.has(it.state))
      .map((it) => `${it.stream.slice(-12)} ${it.state}`),
    ...untold(tables).map((it) => `a move of ${it.stream} untold`),
    ...[...tables.steps.values()]
      .filter((it) => it.state !== 'done' && it.state !== 'cancelled')
      .map((it) => `step ${it.kind} ${it.state}`),
  ].join(', ');
