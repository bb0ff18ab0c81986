import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { origin, type LoggedEvent, type Store } from '@hive/core-db';
import type { Result } from '@hive/events';
import { differences, type Expected } from '../example/expected.ts';

/** What came of a run, counted from the log and from git and not from Hive's own folds. The lists name offenders; all of them have to be empty. */
export type Audit = {
  /** Claims whose holder was gone before it had told an outcome. */
  readonly interrupted: number;
  /** Claims beyond one per step: work that was begun again. Harmless, and the price of a kill. */
  readonly repeated: number;
  /** Accepted and not there, or not ended as without any kill. */
  readonly lost: readonly string[];
  /** Effects that happened twice: a merge, a note, a workflow for one key. */
  readonly doubled: readonly string[];
  /** Writes under a claim that was no longer the newest. */
  readonly stale: readonly string[];
};

/** A workflow that was accepted (its answer was read) and what came of it; null when the front desk does not know it. */
export type Accepted = {
  readonly id: string;
  readonly repo: string;
  readonly expected: readonly Expected[];
  readonly result: Result | null;
};

const pageSize = 1000;

/** Looks at everything that a run left. `keys` is how many workflows were asked for. */
export const audit = async (store: Store, accepted: readonly Accepted[], keys: number): Promise<Audit> => {
  const count = { interrupted: 0, claims: 0, steps: 0, submitted: 0 };
  const stale: string[] = [];
  const newest = new Map<string, number>();
  const merges = new Map<string, number>();
  for await (const event of allEvents(store)) {
    if (event.type === 'workflow.submitted') count.submitted += 1;
    if (event.type === 'task.assigned') count.steps += 1;
    if (event.type === 'task.claimed') count.claims += 1;
    if (event.type === 'task.lease_expired') count.interrupted += 1;
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
  const inGit = await Promise.all(accepted.map(git));
  return {
    interrupted: count.interrupted,
    repeated: Math.max(0, count.claims - count.steps),
    stale,
    lost: [
      ...accepted.flatMap(({ id, result, expected }) =>
        result === null
          ? [`workflow ${id} was accepted and is not there`]
          : differences(result, expected).map((it) => `${id} ${it}`),
      ),
      ...inGit.flatMap((it) => it.lost),
    ],
    doubled: [
      ...[...merges].filter(([, times]) => times > 1).map(([what, times]) => `${what}: ${times} times`),
      ...(count.submitted > keys ? [`${count.submitted} workflows came of ${keys} keys`] : []),
      ...inGit.flatMap((it) => it.doubled),
    ],
  };
};

async function* allEvents(store: Store): AsyncGenerator<LoggedEvent> {
  for (let after = origin; ;) {
    const { events } = await store.events({ after, limit: pageSize });
    yield* events;
    const last = events.at(-1);
    if (last === undefined) return;
    after = last.cursor;
  }
}

/** Tokens belong to streams of tasks and workflows; a merge tells the one of its task. */
const tokenOf = ({ stream, data }: LoggedEvent): number | null => {
  const token = 'token' in data ? data.token : null;
  return typeof token === 'number' && /^(task|workflow)\//.test(stream) ? token : null;
};

/** Commits, notes and merged tasks have to be the same, one each. */
const git = async ({ id, repo, result }: Accepted): Promise<{ lost: string[]; doubled: string[] }> => {
  if (result?.branch == null) return { lost: [], doubled: [] };
  const run = async (...args: string[]): Promise<string[]> => {
    const { stdout } = await promisify(execFile)('git', ['-C', repo, ...args]);
    return stdout.split('\n').filter(Boolean);
  };
  const merged = result.tasks.filter((task) => task.status === 'merged');
  const trailer = '--format=%H %(trailers:key=Hive-Task,valueonly,separator=%x2C)';
  const commits = merged.length === 0 ? [] : await run('log', trailer, `${result.base}..${result.branch}`);
  const tasks = commits.map((line) => line.split(' ')[1] ?? '');
  const notes = merged.length === 0 ? [] : await run('notes', '--ref', 'hive', 'list');
  const noted = new Set(notes.map((line) => line.split(' ')[1]));
  return {
    lost: [
      ...merged
        .filter((task) => !tasks.includes(task.id))
        .map((task) => `${id} ${task.key}: merged, and no commit says so`),
      ...commits.filter((line) => !noted.has(line.split(' ')[0])).map((line) => `${id}: no note for ${line}`),
    ],
    doubled: [
      ...tasks
        .filter((task, index) => tasks.indexOf(task) !== index)
        .map((task) => `${id}: two commits of task ${task}`),
      ...(commits.length > merged.length ? [`${id}: ${commits.length} commits of ${merged.length} merged tasks`] : []),
      ...(notes.length > merged.length ? [`${id}: ${notes.length} notes of ${merged.length} merged tasks`] : []),
    ],
  };
};
