import { shortId, type HiveEvent, type PauseNote, type Step } from '@hive/events';
import { oneLine } from '../terminal/visible.ts';

/** What runs right now, folded from the events of one workflow. */
export type Progress = {
  /** Tasks by id: their keys, and whether they are settled. */
  readonly tasks: ReadonlyMap<string, { readonly key: string; readonly isSettled: boolean }>;
  /** Steps in hand by stream. */
  readonly running: ReadonlyMap<string, { readonly step: Step; readonly agent: string }>;
  readonly hasPlan: boolean;
  /** For what steps that were put off wait, by stream. */
  readonly waits: ReadonlyMap<string, string>;
  /** Who paused the workflow. */
  readonly paused: Pick<PauseNote, 'by' | 'reason'> | null;
};

/** Before the first event. */
export const noProgress: Progress = {
  tasks: new Map(),
  running: new Map(),
  waits: new Map(),
  hasPlan: false,
  paused: null,
};

const settling = new Set(['merged', 'completed', 'refused', 'failed', 'blocked', 'cancelled', 'dead_lettered']);

/** The topic of a task's event without `task.` when it settles the task. */
export const isSettling = (type: string): boolean =>
  type.startsWith('task.') && settling.has(type.slice('task.'.length));

/** What runs after one more event. */
export const progressAfter = (progress: Progress, event: HiveEvent): Progress => {
  const tasks = new Map(progress.tasks);
  const running = new Map(progress.running);
  const waits = new Map(progress.waits);
  const hasPlan = progress.hasPlan || event.type === 'workflow.plan_generated';
  if (event.type === 'workflow.plan_generated') {
    running.delete(event.stream);
    for (const task of event.data.tasks) tasks.set(task.id, { key: task.key, isSettled: false });
  }
  const paused = pausedAfter(progress.paused, event);
  if (!event.type.startsWith('task.')) return { tasks, running, waits, hasPlan, paused };
  waits.delete(event.stream);
  if (event.type === 'task.snoozed') waits.set(event.stream, event.data.reason);
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
  return { tasks, running, waits, hasPlan, paused };
};

const pausedAfter = (before: Progress['paused'], event: HiveEvent): Progress['paused'] => {
  if (event.type === 'workflow.paused') return { by: event.data.by ?? event.actor, reason: event.data.reason ?? null };
  return event.type === 'workflow.resumed' ? null : before;
};

const doing: Readonly<Record<Step, string>> = {
  plan: 'planning',
  work: 'working on',
  check: 'checking',
  review: 'reviewing',
  merge: 'merging',
};

/** One line: how far it is and what is in hand. `everything`: who paused the whole of Hive. */
export const progressLine = (progress: Progress, everything: Progress['paused'] = null): string => {
  const tasks = [...progress.tasks.values()];
  const settled = tasks.filter((task) => task.isSettled).length;
  const running = [...progress.running].map(([stream, { step, agent }]) =>
    step === 'plan' ? `planning (${agent})` : `${doing[step]} ${keyOf(progress, stream)} (${oneLine(agent)})`,
  );
  const [waits] = progress.waits.values();
  const idle =
    pausedWords(progress, everything) ??
    (waits === undefined ? undefined : oneLine(waits)) ??
    (progress.hasPlan ? 'waiting for an agent' : 'waiting for the planner');
  const now = running.length > 0 ? running.join(', ') : idle;
  if (!progress.hasPlan) return `  … ${now}`;
  return `  … ${settled} of ${tasks.length} · ${now}`;
};

const pausedWords = ({ paused }: Progress, everything: Progress['paused']): string | null => {
  const note = everything ?? paused;
  if (note === null) return null;
  return `${everything ? 'everything is ' : ''}paused by ${oneLine(note.by)}${note.reason === null ? '' : `: ${oneLine(note.reason)}`}`;
};

const keyOf = (progress: Progress, stream: string): string => {
  const id = stream.slice('task/'.length);
  return oneLine(progress.tasks.get(id)?.key ?? shortId(id));
};
