import type { LoggedEvent } from '@hive/core-db';
import { processesOf, roleOf } from './places.ts';

/** What the log alone says about a run. The lists name offenders. */
export type EventCounts = {
  /** Claims whose holder was gone before it had told an outcome. */
  readonly interrupted: number;
  /** Claims beyond one per step: work that was begun again. Harmless, and the price of a kill. */
  readonly repeated: number;
  /** From the death of a holder to the next claim of what it held, each in milliseconds. */
  readonly takeoverMs: readonly number[];
  /** Those of them where another process could take over at once: one of the same kind was there, and nobody else was struck meanwhile. */
  readonly elsewhereMs: readonly number[];
  readonly workflows: number;
  /** Merges that were recorded twice. */
  readonly doubled: readonly string[];
  /** Writes under a claim that was no longer the newest. */
  readonly stale: readonly string[];
};

/** A process that was struck down alone, and when. */
export type Death = { readonly process: string; readonly at: number };

/** What was done to the processes of a run. */
export type Blows = {
  readonly deaths: readonly Death[];
  /** When anybody was struck, in whatever way. */
  readonly struckAt: readonly number[];
};

/** Counts events in log order by what they say themselves: Hive's own folds would agree with their own mistakes. */
export const countEvents = async (
  events: AsyncIterable<LoggedEvent> | Iterable<LoggedEvent>,
  { deaths, struckAt }: Blows = { deaths: [], struckAt: [] },
): Promise<EventCounts> => {
  const times = { 'workflow.submitted': 0, 'task.assigned': 0, 'task.claimed': 0, 'task.lease_expired': 0 };
  const newest = new Map<string, number>();
  const merges = new Map<string, number>();
  const stale: string[] = [];
  const takeoverMs: number[] = [];
  const elsewhereMs: number[] = [];
  const died = new Map<string, Death>();
  for await (const event of events) {
    if (event.type in times) times[event.type as keyof typeof times] += 1; // that it is one was just asked
    if (event.type === 'task.merged' || event.type === 'merge.completed') {
      const what = `${event.type} of ${event.data.taskId}`;
      merges.set(what, (merges.get(what) ?? 0) + 1);
    }
    if (event.type === 'task.lease_expired') {
      const { agent, step } = event.data;
      const death = deaths.findLast(({ process, at }) => process === agent && at <= Date.parse(event.at));
      if (death) died.set(`${event.stream} ${step}`, death);
    }
    if (event.type === 'task.claimed') {
      const of = `${event.stream} ${event.data.step}`;
      const death = died.get(of);
      if (death !== undefined) {
        const claimedAt = Date.parse(event.at);
        const isAlone = !struckAt.some((at) => at > death.at && at < claimedAt);
        takeoverMs.push(claimedAt - death.at);
        if (isAlone && processesOf[roleOf(death.process)].length > 1) elsewhereMs.push(claimedAt - death.at);
      }
      died.delete(of);
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
    takeoverMs: takeoverMs.toSorted((a, b) => a - b),
    elsewhereMs: elsewhereMs.toSorted((a, b) => a - b),
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
