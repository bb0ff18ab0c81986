/** Where a run takes place: a database of its own. Without `url` it is the SQLite file in `home`. */
export type Place = {
  readonly url?: string;
  readonly home: string;
  /** What SQLite waits for; FULL, Hive's default, when left out. */
  readonly synchronous?: 'NORMAL' | 'FULL';
};

/** What a worker is set up for: peers have other best settings for throughput than for latency or for crashes. */
export type Mode = 'drain' | 'idle' | 'loaded' | 'crash';

/** One no-op task: about 300 bytes of JSON with a correlation id. */
export type Task = { readonly n: number; readonly correlationId: string; readonly text: string };

const text = 'A no-op task of the bench, with as much to say as a small task has. '.repeat(4).slice(0, 230);

export const taskOf = (n: number): Task => ({
  n,
  correlationId: `01900000-0000-7000-8000-${Math.floor(n / 50)
    .toString(16)
    .padStart(12, '0')}`,
  text,
});

export const tasksFrom = (first: number, count: number): Task[] =>
  Array.from({ length: count }, (_, i) => taskOf(first + i));

/** A process's way to put tasks into the queue. */
export type Client = {
  /** Makes what a task needs before it can be put into the queue; not part of what is measured. Called with every task, in order, once. */
  readonly prepare: (tasks: readonly Task[]) => Promise<void>;
  /** The public call: one task, or one batch. Resolves when they are committed. */
  readonly enqueue: (tasks: readonly Task[]) => Promise<void>;
  /** How many tasks the database does not show as completed. */
  readonly left: () => Promise<number>;
  readonly close: () => Promise<void>;
};

/** What a worker calls first thing in a task's handler; the task is done when it resolves. */
export type Handle = (n: number) => Promise<void> | void;

/** A worker in this process, and its public call for one task; see {@link Client}. */
export type Worker = { readonly stop: () => Promise<void>; readonly enqueue: (task: Task) => Promise<void> };

/** A queue that is measured, in its best published configuration. */
export type Contender = {
  readonly name: string;
  /** Makes the tables in an empty database. */
  readonly setup: (place: Place, mode: Mode) => Promise<void>;
  readonly open: (place: Place) => Promise<Client>;
  /** Works in this process until it is stopped. Resolves when it is ready to take tasks. */
  readonly work: (place: Place, mode: Mode, handle: Handle) => Promise<Worker>;
  /** Follows what is recorded, for queues that record; runs in a process of its own beside what is measured. */
  readonly follow?: (place: Place, heard: () => void) => Promise<{ readonly stop: () => Promise<void> }>;
};

/** The address of the PostgreSQL database of a place. */
export const urlOf = ({ url }: Place): string => {
  if (url === undefined) throw new Error('this contender needs PostgreSQL');
  return url;
};
