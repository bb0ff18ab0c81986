import type { RoomDesk } from './desk.ts';
import { createKeptTexts, type KeptTexts } from './kept-texts.ts';
import { sendWork, type QueuedWork } from './send-work.ts';

/** Work on its way to Hive, kept in this browser. */
export type WorkQueue = {
  add(work: Pick<QueuedWork, 'key' | 'request' | 'timing'>): Promise<void>;
  /** What waits and what was refused, oldest first. */
  list(): Promise<readonly QueuedWork[]>;
  remove(key: string): Promise<void>;
  /** Sends what waits, in order; answers how many still wait. May be called by anybody at any time. */
  flush(): Promise<number>;
  /** Tells what changes here and in other tabs. Answers how to stop it. */
  onNews(listener: () => void): () => void;
};

const listName = 'work';
/** Older work is not sent by itself: its author may have forgotten it, or handed it in elsewhere. */
const longestMs = 86_400_000;

/** What may be otherwise the next time. */
const passing = new Set(['hive.unreachable', 'http.too_many', 'auth.missing', 'internal']);

const codeOf = (error: unknown): string => {
  const { code } = (error ?? {}) as { readonly code?: unknown };
  return typeof code === 'string' ? code : 'internal';
};

/** The queue of this browser; tabs take turns, and each work is sent under its own key. */
export const createWorkQueue = (
  desk: Pick<RoomDesk, 'submit' | 'schedule'>,
  options: { readonly kept?: KeptTexts; readonly name?: string; readonly now?: () => number } = {},
): WorkQueue => {
  const { kept = createKeptTexts(), name = 'hive-work', now = Date.now } = options;
  const channel = new BroadcastChannel(name);
  const listeners = new Set<() => void>();
  channel.onmessage = () => listeners.forEach((listener) => listener());
  const alone = <T>(act: () => Promise<T>): Promise<T> => navigator.locks.request(name, act);
  const list = async () => JSON.parse((await kept.get(listName)) ?? '[]') as readonly QueuedWork[]; // as it was put
  const change = async (how: (all: readonly QueuedWork[]) => readonly QueuedWork[]): Promise<void> => {
    await kept.put(listName, JSON.stringify(how(await list())));
    channel.postMessage(null);
    listeners.forEach((listener) => listener());
  };
  const without = (key: string) => (all: readonly QueuedWork[]) => all.filter((it) => it.key !== key);
  const refuse = (key: string, refused: NonNullable<QueuedWork['refused']>) =>
    change((all) => all.map((it) => (it.key === key ? { ...it, refused } : it)));

  /** True when it need not be sent again. */
  const settle = async (work: QueuedWork): Promise<boolean> => {
    if (now() - work.queuedAt > longestMs) {
      await refuse(work.key, {
        code: 'input.state',
        message: 'It waited here for more than a day, so it was not sent',
      });
      return true;
    }
    try {
      await sendWork(desk, work);
    } catch (error) {
      if (passing.has(codeOf(error))) return false;
      await refuse(work.key, { code: codeOf(error), message: error instanceof Error ? error.message : String(error) });
      return true;
    }
    await change(without(work.key));
    return true;
  };

  return {
    add: (work) =>
      alone(() => change((all) => [...without(work.key)(all), { ...work, queuedAt: now(), refused: null }])),
    list,
    remove: (key) => alone(() => change(without(key))),
    flush: () =>
      alone(async () => {
        const waiting = (await list()).filter(({ refused }) => refused === null);
        for (const [index, work] of waiting.entries()) if (!(await settle(work))) return waiting.length - index;
        return 0;
      }),
    onNews: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
};
