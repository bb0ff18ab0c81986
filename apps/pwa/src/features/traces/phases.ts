import { isModelAuthor, type HiveEvent } from '@hive/events';
import { taskOf } from './causal-tree.ts';

/** What a task spends its time on. */
export type PhaseKind = 'needs' | 'queued' | 'model' | 'command' | 'check' | 'review' | 'merge' | 'person';

/** A stretch of time, in ms since 1970; `to` is null while it lasts. */
export type Phase = { readonly kind: PhaseKind; readonly from: number; readonly to: number | null };

/** The bars of one task, and where its change came to a bad end. */
export type TaskBar = { readonly phases: readonly Phase[]; readonly endedBadlyAt: number | null };

const stepKinds = { plan: 'model', work: 'command', check: 'check', review: 'review', merge: 'merge' } as const;
const badEnds = new Set<string>(['task.refused', 'task.failed', 'task.dead_lettered', 'task.blocked']);
const goodEnds = new Set<string>(['task.merged', 'task.completed', 'task.cancelled']);
const backInQueue = new Set<string>([
  'task.ready',
  'task.submitted',
  'task.checked',
  'task.review_completed',
  'task.returned',
  'task.attempt_failed',
  'task.lease_expired',
  'task.snoozed',
]);

/** What a task begins with an event; 'end' when nothing follows, null when the event begins nothing. */
const begins = (event: HiveEvent, byModel: boolean): PhaseKind | 'end' | null => {
  if (event.type === 'task.created' || event.type === 'task.redriven') return 'needs';
  if (event.type === 'task.claimed') {
    const kind = stepKinds[event.data.step];
    return kind === 'command' && byModel ? 'model' : kind;
  }
  if (event.type === 'task.escalated') return 'person';
  if (backInQueue.has(event.type)) return 'queued';
  return badEnds.has(event.type) || goodEnds.has(event.type) ? 'end' : null;
};

const authorOf = (event: HiveEvent): string | null => {
  if (event.type === 'task.created') return event.data.spec.author;
  return event.type === 'task.submitted' ? event.data.author : null;
};

/** The bars of all tasks of a trace, folded from pairs of events: what one begins, the next one of the same task ends. */
export const barsOf = (events: readonly HiveEvent[]): ReadonlyMap<string, TaskBar> => {
  const models = new Set(
    events.filter((event) => event.type === 'model.called' || isModelAuthor(authorOf(event) ?? '')).map(taskOf),
  );
  const bars = new Map<string, { phases: Phase[]; endedBadlyAt: number | null }>();
  for (const event of events) {
    const task = taskOf(event);
    if (task === null) continue;
    const kind = begins(event, models.has(task));
    if (kind === null) continue;
    const bar = bars.get(task) ?? { phases: [], endedBadlyAt: null };
    bars.set(task, bar);
    const at = Date.parse(event.at);
    const open = bar.phases.at(-1);
    if (open?.to === null) bar.phases[bar.phases.length - 1] = { ...open, to: at };
    if (kind !== 'end') bar.phases.push({ kind, from: at, to: null });
    bar.endedBadlyAt = badEnds.has(event.type) ? at : null;
  }
  return bars;
};

/** How long a task was worked on, without waiting for needs, queue or people. */
export const activeMs = (bar: TaskBar, now: number): number =>
  bar.phases
    .filter(({ kind }) => kind !== 'needs' && kind !== 'queued' && kind !== 'person')
    .reduce((sum, { from, to }) => sum + (to ?? now) - from, 0);
