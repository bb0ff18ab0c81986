import { fork, type ChildProcess, type ForkOptions } from 'node:child_process';
import { join } from 'node:path';
import type { Mode, Place } from './contender.ts';

/** What a worker process is told at its start. */
export type WorkerOrder = {
  readonly role: 'work' | 'follow';
  readonly contender: string;
  readonly place: Place;
  readonly mode: Mode;
  /** Tell the start of each task; costs a message, so not where throughput is measured. */
  readonly tells?: 'each';
  /** Tell when so many different tasks were started. */
  readonly expect?: number;
  /** Tasks do not end before they are released. */
  readonly holds?: boolean;
};

/** What a worker process says. Times are those of the shared clock. */
export type WorkerWord =
  | { readonly is: 'ready' }
  | { readonly is: 'started'; readonly n: number; readonly at: number }
  | { readonly is: 'reached'; readonly firstAt: number }
  | { readonly is: 'report'; readonly calls: number; readonly distinct: number; readonly heard: number };

/** A running worker process. */
export type WorkerProcess = {
  readonly hears: (listener: (word: WorkerWord) => void) => void;
  /** The next word of this kind. */
  readonly next: <K extends WorkerWord['is']>(is: K) => Promise<Extract<WorkerWord, { is: K }>>;
  readonly release: (n: number) => void;
  readonly report: () => Promise<Extract<WorkerWord, { is: 'report' }>>;
  /** Ends it in order, or by force when it takes longer than three seconds. */
  readonly stop: () => Promise<void>;
  readonly kill: () => Promise<void>;
};

const stopMs = 3_000;
/** Log lines are written as always, to nowhere. */
const quiet: ForkOptions = { execArgv: [], stdio: ['ignore', 'ignore', 'inherit', 'ipc'] };

/** Starts a worker in a process of its own; resolves when it is ready. */
export const startWorker = async (order: WorkerOrder): Promise<WorkerProcess> => {
  const child = fork(join(import.meta.dirname, 'worker-process.ts'), [JSON.stringify(order)], quiet);
  const ended = endOf(child);
  const listeners = new Set<(word: WorkerWord) => void>();
  child.on('message', (word: WorkerWord) => {
    for (const listener of listeners) listener(word);
  });
  const next: WorkerProcess['next'] = (is) =>
    new Promise((found, fail) => {
      const listener = (word: WorkerWord) => {
        if (word.is !== is) return;
        listeners.delete(listener);
        // The cast: the discriminant was just compared.
        found(word as never);
      };
      listeners.add(listener);
      void ended.then(() => fail(new Error(`the worker of ${order.contender} ended before it was ${is}`)));
    });
  const kill = async () => {
    child.kill('SIGKILL');
    await ended;
  };
  await next('ready');
  return {
    hears: (listener) => void listeners.add(listener),
    next,
    release: (n) => void child.send({ verb: 'release', n }),
    report: () => {
      const answer = next('report');
      child.send({ verb: 'report' });
      return answer;
    },
    stop: async () => {
      if (child.connected) child.send({ verb: 'stop' });
      const late = setTimeout(() => child.kill('SIGKILL'), stopMs);
      await ended;
      clearTimeout(late);
    },
    kill,
  };
};

const endOf = (child: ChildProcess): Promise<void> => new Promise((ended) => child.once('exit', () => ended()));

/** Runs a program of the bench as a process of its own and answers the one thing that it says. */
export const ask = <T>(program: string, question: unknown, limitMs: number): Promise<T> =>
  new Promise((answered, fail) => {
    // Structured, because a figure may be NaN or infinite.
    const child = fork(program, [JSON.stringify(question)], { ...quiet, serialization: 'advanced' });
    const late = setTimeout(() => {
      child.kill('SIGKILL');
      fail(new Error(`no answer within ${Math.round(limitMs / 1000)} s`));
    }, limitMs);
    child.once('message', (answer: { readonly value: T } | { readonly error: string }) => {
      if ('error' in answer) fail(new Error(answer.error));
      else answered(answer.value);
    });
    child.once('exit', (code) => {
      clearTimeout(late);
      fail(new Error(`the process ended with ${String(code)} before it answered`));
    });
  });

/** A program of the bench in a process of its own that says more than one thing. */
export type Program = {
  /** Everything that it says, until it ends. */
  readonly hears: (listener: (word: unknown) => void) => void;
  readonly tell: (word: string) => void;
  readonly ended: Promise<void>;
  readonly kill: () => Promise<void>;
};

export const startProgram = (program: string, order: unknown): Program => {
  const child = fork(join(import.meta.dirname, program), [JSON.stringify(order)], quiet);
  const ended = endOf(child);
  return {
    hears: (listener) => void child.on('message', listener),
    tell: (word) => void (child.connected && child.send(word)),
    ended,
    kill: async () => {
      child.kill('SIGKILL');
      await ended;
    },
  };
};
