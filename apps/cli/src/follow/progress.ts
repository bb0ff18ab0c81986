import { shortId, type HiveEvent, type Step } from '@hive/events';
import { oneLine } from '../terminal/visible.ts';

/** What runs right now, folded from the events of one workflow. */
export type Progress = {
  /** Tasks by id: their keys, and whether they are settled. */
  readonly tasks: ReadonlyMap<string, { readonly key: string; readonly isSettled: boolean }>;
  /** Steps in hand by stream. */
  readonly running: ReadonlyMap<string, { readonly step: Step; readonly agent: string }>;
  readonly hasPlan: boolean;
};

/** Before the first event. */
export const noProgress: Progress = { tasks: new Map(), running: new Map(), hasPlan: false };

const settling = new Set(['merged', 'completed', 'refused', 'failed', 'blocked', 'cancelled', 'dead_lettered']);

/** The topic of a task's event without `task.` when it settles the task. */
export const isSettling = (type: string): boolean =>
  type.startsWith('task.') && settling.has(type.slice('task.'.length));

/** What runs after one more event. */
export const progressAfter = (progress: Progress, event: HiveEvent): Progress => {
  const tasks = new Map(progress.tasks);
  const running = new Map(progress.running);
  const hasPlan = progress.hasPlan || event.type === 'workflow.plan_generated';
  if (event.type === 'workflow.plan_generated') {
    running.delete(event.stream);
    for (const task of event.data.tasks) tasks.set(task.id, { key: task.key, isSettled: false });
  }
  if (!event.type.startsWith('task.')) return { tasks, running, hasPlan };
  if (event.type === 'task.claimed') running.set(event.stream, { step: event.data.step, agent: event.data.agent });
  else if (event.type !== 'task.assigned') running.delete(event.stream);
  const id = event.stream.slice('task/'.length);
  const task = tasks.get(id);
  if (event.type === 'task.created') tasks.set(id, { key: event.data.spec.key, isSettled: false });
  else if (task)
    tasks.set(id, {
      ...task,
      isSettled: event.type === 'task.redriven' ? false : task.isSettled || isSettling(event.type),
    });
  return { tasks, running, hasPlan };
};

const doing: Readonly<Record<Step, string>> = {
  plan: 'planning',
  work: 'working on',
  check: 'checking',
  review: 'reviewing',
  merge: 'merging',
};

/** One line: how far it is and what is in hand. */
export const progressLine = (progress: Progress): string => {
  const tasks = [...progress.tasks.values()];
  const settled = tasks.filter((task) => task.isSettled).length;
  const running = [...progress.running].map(([stream, { step, agent }]) =>
    step === 'plan' ? `planning (${agent})` : `${doing[step]} ${keyOf(progress, stream)} (${oneLine(agent)})`,
  );
  const now = running.length > 0 ? running.join(', ') : 'waiting for an agent';
  if (!progress.hasPlan) return `  … ${running.length > 0 ? now : 'waiting for the planner'}`;
  return `  … ${settled} of ${tasks.length} · ${now}`;
};

const keyOf = (progress: Progress, stream: string): string => {
  const id = stream.slice('task/'.length);
  return oneLine(progress.tasks.get(id)?.key ?? shortId(id));
};
