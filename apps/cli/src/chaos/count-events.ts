import type { LoggedEvent } from '@hive/core-db';

/** What the log alone says about a run. The lists name offenders. */
export type EventCounts = {
  /** Claims whose holder was gone before it had told an outcome. */
  readonly interrupted: number;
  /** Claims beyond one per step: work that was begun again. Harmless, and the price of a kill. */
  readonly repeated: number;
  readonly workflows: number;
  /** Merges that were recorded twice. */
  readonly doubled: readonly string[];
  /** Writes under a claim that was no longer the newest. */
  readonly stale: readonly string[];
};

/** Counts events in log order by what they say themselves: Hive's own folds would agree with their own mistakes. */
export const countEvents = async (events: AsyncIterable<LoggedEvent> | Iterable<LoggedEvent>): Promise<EventCounts> => {
  const times = { 'workflow.submitted': 0, 'task.assigned': 0, 'task.claimed': 0, 'task.lease_expired': 0 };
  const newest = new Map<string, number>();
  const merges = new Map<string, number>();
  const stale: string[] = [];
  for await (const event of events) {
    if (event.type in times) times[event.type as keyof typeof times] += 1; // that it is one was just asked
    if (event.type === 'task.merged' || event.type === 'merge.completed') {
      const what = `${event.type} of ${event.data.taskId}`;
      merges.set(what, (merges.get(what) ?? 0) + 1);
    }
    const token = tokenOf(event);
    if (token === null) continue;
    const known = newest.get(event.stream) ?? 0;
    if (token < known || (event.type === 'task.claimed' && token === known))
      stale.push(`${event.type} of ${event.stream} under token ${token}, when ${known} was the newest`);
    newest.set(event.stream, Math.max(known, token));
  }
  return {
    interrupted: times['task.lease_expired'],
    repeated: Math.max(0, times['task.claimed'] - times['task.assigned']),
    workflows: times['workflow.submitted'],
    doubled: [...merges].filter(([, count]) => count > 1).map(([what, count]) => `${what}: ${count} times`),
    stale,
  };
};

/** Tokens belong to the streams of tasks and workflows; a merge repeats the one of its task. */
const tokenOf = ({ stream, data }: LoggedEvent): number | null => {
  const token = 'token' in data ? data.token : null;
  return typeof token === 'number' && /^(task|workflow)\//.test(stream) ? token : null;
};
