import { isModelAuthor, type HiveEvent } from '@hive/events';
import { beginsWith, hasBar, isBadEnd, type Phase, type TaskBar } from '../src/features/traces/phases.ts';

const authorOf = (event: HiveEvent): string | null => {
  if (event.type === 'task.created') return event.data.spec.author;
  return event.type === 'task.submitted' ? event.data.author : null;
};

const byModel = (event: HiveEvent): boolean => event.type === 'model.called' || isModelAuthor(authorOf(event) ?? '');

/** The bars of a trace by subject, folded from pairs of events: what one begins, the next one of the same subject ends. */
export const barsOf = (events: readonly HiveEvent[]): ReadonlyMap<string, TaskBar> => {
  const subjectOf = (event: HiveEvent): string => (event.data as { taskId?: string | null }).taskId ?? event.stream;
  const models = new Set(events.filter(byModel).map(subjectOf));
  const bars = new Map<string, { phases: Phase[]; endedBadlyAt: number | null }>();
  for (const event of events) {
    const subject = subjectOf(event);
    if (!hasBar(subject, subject !== event.stream)) continue;
    const begins = beginsWith(event.type, (event.data as { step?: string }).step ?? null);
    if (begins === null) continue;
    const kind = begins === 'work' ? (models.has(subject) ? 'model' : 'command') : begins;
    const bar = bars.get(subject) ?? { phases: [], endedBadlyAt: null };
    bars.set(subject, bar);
    const at = Date.parse(event.at);
    const open = bar.phases.at(-1);
    if (open?.to === null) bar.phases[bar.phases.length - 1] = { ...open, to: at };
    if (kind !== 'end') bar.phases.push({ kind, from: at, to: null });
    bar.endedBadlyAt = isBadEnd(event.type) ? at : null;
  }
  return bars;
};
