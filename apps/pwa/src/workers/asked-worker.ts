import { workerUrl } from './worker-url.ts';

/** A question on its way to a worker, and its answer on the way back. */
export type Asked<Q> = { readonly id: number; readonly question: Q };
export type Answered<A> = { readonly id: number; readonly answer: A } | { readonly id: number; readonly error: string };

/** A worker that answers questions in its own time. */
export type AskedWorker<Q, A> = {
  /** Rejects when the worker fails, when it is closed, and with `TimeoutError` after `deadlineMs`; the worker is ended then. */
  ask(question: Q, options?: { readonly deadlineMs?: number; readonly transfer?: Transferable[] }): Promise<A>;
  close(): void;
};

type Waiting<A> = { readonly resolve: (answer: A) => void; readonly reject: (error: Error) => void };

/** Starts the worker with the first question, and again with the next one after it was ended. `url` comes from an import `?worker&url`. */
export const askedWorker = <Q, A>(url: string): AskedWorker<Q, A> => {
  let worker: Worker | null = null;
  let last = 0;
  const waiting = new Map<number, Waiting<A>>();

  const end = (error: Error) => {
    worker?.terminate();
    worker = null;
    for (const { reject } of waiting.values()) reject(error);
    waiting.clear();
  };
  const start = (): Worker => {
    const started = new Worker(workerUrl(url), { type: 'module' });
    started.onmessage = ({ data }: MessageEvent<Answered<A>>) => {
      const asker = waiting.get(data.id);
      waiting.delete(data.id);
      if ('error' in data) asker?.reject(new Error(data.error));
      else asker?.resolve(data.answer);
    };
    started.onerror = () => end(new Error('The code of a worker could not be loaded'));
    return started;
  };

  return {
    async ask(question, { deadlineMs, transfer = [] } = {}) {
      const id = ++last;
      const { promise, resolve, reject } = Promise.withResolvers<A>();
      waiting.set(id, { resolve, reject });
      worker ??= start();
      worker.postMessage({ id, question } satisfies Asked<Q>, transfer);
      const late =
        deadlineMs === undefined
          ? undefined
          : setTimeout(() => end(new DOMException('It took too long', 'TimeoutError')), deadlineMs);
      return promise.finally(() => clearTimeout(late));
    },
    close: () => end(new Error('The worker was closed')),
  };
};
