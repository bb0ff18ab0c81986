import type { HiveEvent, Permission, Result, TaskResult } from '@hive/events';
import type { IconName } from '../../../ui/icons.ts';

/** What a person can do about a whole workflow. */
export type VerbId = 'pause' | 'resume' | 'retry' | 'cancel';

/** One of them as it is offered. `why` says why it cannot be done now; null: it can. */
export type Verb = {
  readonly id: VerbId;
  readonly name: string;
  readonly icon: IconName;
  readonly right: Permission;
  readonly tone?: 'failed';
  readonly why: string | null;
};

const ended: readonly Result['status'][] = ['completed', 'failed', 'cancelled'];
const endedBadly: readonly TaskResult['status'][] = ['refused', 'failed', 'infra', 'cancelled'];

export const blockedTasks = ({ tasks }: Pick<Result, 'tasks'>): readonly TaskResult[] =>
  tasks.filter(({ status }) => status === 'blocked');

/**
 * The tasks that a retry of the workflow is about: those that ended badly by themselves. What they had blocked follows by itself, and is named only
 * where nothing else is left.
 */
export const retriedTasks = ({ tasks }: Pick<Result, 'tasks'>): readonly TaskResult[] => {
  const bad = tasks.filter(({ status }) => endedBadly.includes(status));
  return bad.length > 0 ? bad : blockedTasks({ tasks });
};

const whyNoRetry = (result: Result): string | null => {
  if (retriedTasks(result).length > 0) return null;
  if (result.status === 'completed') return 'All of it is through; a new goal can change more';
  if (result.tasks.length === 0 && ended.includes(result.status))
    return 'It has no tasks to try again: no plan came about. Hand the goal in once more';
  return 'No task has ended badly';
};

/** The verbs in the order in which they are offered, each with why it does not fit the workflow where that is so. */
export const verbsOf = (result: Result): readonly Verb[] => {
  const { status } = result;
  const over = ended.includes(status) ? `It ${status === 'failed' ? 'has' : 'is'} ${status} already` : null;
  return [
    {
      ...{ id: 'pause', name: 'Pause', icon: 'pause', right: 'stop' },
      why: over ?? (status === 'paused' ? 'It is paused already' : null),
    },
    {
      ...{ id: 'resume', name: 'Resume', icon: 'play', right: 'work' },
      why: over ?? (status === 'paused' ? null : 'It is not paused'),
    },
    { ...{ id: 'retry', name: 'Retry…', icon: 'retry', right: 'work' }, why: whyNoRetry(result) },
    { ...{ id: 'cancel', name: 'Cancel…', icon: 'stopped', right: 'stop', tone: 'failed' }, why: over },
  ];
};

const names = (tasks: readonly TaskResult[]): string => {
  const keys = tasks.slice(0, 3).map(({ key }) => key);
  return `${keys.join(', ')}${tasks.length > 3 ? ` and ${tasks.length - 3} more` : ''}`;
};

/** What will happen when its tasks are tried again. */
export const aboutRetry = (result: Result): string => {
  const tasks = retriedTasks(result);
  const what =
    tasks.length === 1 ? `${names(tasks)} begins anew` : `${tasks.length} tasks begin anew (${names(tasks)})`;
  const over = ended.includes(result.status)
    ? ' The workflow is resumed.'
    : result.status === 'paused'
      ? ' They wait until the workflow is resumed.'
      : '';
  return `${what}, with all attempts. Tasks that were blocked by that follow.${over}`;
};

/** What will happen when it is cancelled. */
export const aboutCancel = ({ tasks, merged, branch }: Result): string => {
  const open = tasks.filter(({ status }) => ![...endedBadly, 'merged', 'completed', 'blocked'].includes(status)).length;
  const kept = merged === 0 ? 'Nothing was merged yet.' : `What is merged stays on ${branch ?? 'its branch'}.`;
  return `${open === 1 ? '1 open task ends' : `${open} open tasks end`} without a merge, and what runs now is stopped. ${kept} Its tasks can be retried later.`;
};

/** True for an event that shows that the verb was done. */
export const isEffectOf =
  (verb: VerbId, { workflow, tasks }: Pick<Result, 'workflow' | 'tasks'>) =>
  ({ type, stream }: Pick<HiveEvent, 'type' | 'stream'>): boolean => {
    if (verb === 'retry') return type === 'task.redriven' && tasks.some(({ id }) => stream === `task/${id}`);
    const told = { pause: 'workflow.paused', resume: 'workflow.resumed', cancel: 'workflow.cancelled' } as const;
    return type === told[verb] && stream === `workflow/${workflow}`;
  };
