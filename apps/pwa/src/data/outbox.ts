import type { ApprovalSummary } from '@hive/events';
import type { QueuedDecision } from './queued-decision.ts';
import type { RoomDb } from './room-db.ts';
import type { Sent } from './send-decision.ts';

/** What happened to decisions that are taken here, told to every tab. */
export type OutboxNews =
  | { readonly kind: 'changed' }
  | { readonly kind: 'recorded'; readonly key: string; readonly approval: ApprovalSummary };

/** A decision as it is taken; the outbox adds the key and the time. */
export type NewDecision = Pick<QueuedDecision, 'approvalId' | 'decision' | 'reason' | 'actionHash' | 'expiresAt'>;

/**
 * Decisions on their way to Hive. Each is written down before it is sent, under a key that is made once; it is sent by whoever comes first, one
 * at a time over all tabs and the service worker, until Hive has recorded or refused it, or its time is over.
 */
export type Outbox = {
  /** Writes a decision down. `flush` sends it. */
  add(decision: NewDecision): Promise<QueuedDecision>;
  /** What waits, and what was refused and not dismissed, oldest first. */
  list(): Promise<readonly QueuedDecision[]>;
  /** Takes a decision back, or dismisses one that was refused. False when it has been sent meanwhile. */
  remove(key: string): Promise<boolean>;
  /** Sends what waits, in order; answers how many still wait. May be called by anybody at any time. */
  flush(): Promise<number>;
  /** Tells what happens here, in other tabs and in the service worker. Answers how to stop it. */
  onNews(listener: (news: OutboxNews) => void): () => void;
};

/** What the outbox stands on. */
export type OutboxOptions = {
  readonly open: () => Promise<RoomDb>;
  readonly send: (decision: QueuedDecision) => Promise<Sent>;
  /** One name for all that share a database; tests have their own. */
  readonly name?: string;
  readonly now?: () => number;
};

const tooLate = (decision: QueuedDecision): QueuedDecision => ({
  ...decision,
  refused: { code: 'approval.expired', message: 'It could not be sent before its time was over, so it was not sent' },
});

export const createOutbox = ({ open, send, name = 'hive-outbox', now = Date.now }: OutboxOptions): Outbox => {
  const listeners = new Set<(news: OutboxNews) => void>();
  const channel = new BroadcastChannel(name);
  channel.onmessage = ({ data }: MessageEvent<OutboxNews>) => listeners.forEach((listener) => listener(data));
  const tell = (news: OutboxNews): void => {
    channel.postMessage(news);
    listeners.forEach((listener) => listener(news));
  };
  const alone = <T>(act: () => Promise<T>): Promise<T> => navigator.locks.request(name, act);
  const list = async () => (await (await open()).getAll('decisions')).sort((a, b) => a.decidedAt - b.decidedAt);
  const put = async (decision: QueuedDecision) => void (await (await open()).put('decisions', decision));

  /** True when it need not be sent again. */
  const settle = async (decision: QueuedDecision): Promise<boolean> => {
    if (now() >= decision.expiresAt) {
      await put(tooLate(decision));
      tell({ kind: 'changed' });
      return true;
    }
    const sent = await send(decision);
    if (sent.outcome === 'later') return false;
    if (sent.outcome === 'refused') await put({ ...decision, refused: { code: sent.code, message: sent.message } });
    else await (await open()).delete('decisions', decision.key);
    tell(
      sent.outcome === 'recorded'
        ? { kind: 'recorded', key: decision.key, approval: sent.approval }
        : { kind: 'changed' },
    );
    return true;
  };

  return {
    add: async (decision) => {
      const queued: QueuedDecision = { ...decision, key: crypto.randomUUID(), decidedAt: now(), refused: null };
      await put(queued);
      tell({ kind: 'changed' });
      return queued;
    },
    list,
    remove: (key) =>
      alone(async () => {
        const db = await open();
        const found = await db.get('decisions', key);
        await db.delete('decisions', key);
        tell({ kind: 'changed' });
        return found !== undefined;
      }),
    flush: () =>
      alone(async () => {
        const waiting = (await list()).filter(({ refused }) => refused === null);
        for (const [index, decision] of waiting.entries()) if (!(await settle(decision))) return waiting.length - index;
        return 0;
      }),
    onNews: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
};
