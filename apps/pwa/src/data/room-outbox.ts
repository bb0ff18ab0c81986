import type { Room } from '../app/places.ts';
import { decisionsTag } from './decisions-tag.ts';
import { keepTrying } from './keep-trying.ts';
import { createKeptTexts, csrfName } from './kept-texts.ts';
import { createOutbox, type Outbox } from './outbox.ts';
import { roomDb } from './room-db.ts';
import { sendDecision } from './send-decision.ts';
import { csrfHeader } from './session.ts';
import type { WorkQueue } from './work-queue.ts';

type WithSync = ServiceWorkerRegistration & { readonly sync?: { register(tag: string): Promise<void> } };

const open = roomDb();
const kept = createKeptTexts(open);
const csrf = () => csrfHeader()['x-hive-csrf'] ?? null;

/** The outbox of this page. */
export const roomOutbox: Outbox = createOutbox({ open, send: (decision) => sendDecision(decision, { csrf: csrf() }) });

/** Sends what waits, and tries again what cannot be sent now; that is left to the browser as well, where it can wake a worker. */
export const sendQueued = keepTrying(async () => {
  const value = csrf();
  if (value !== null) await kept.put(csrfName, value);
  const left = await roomOutbox.flush();
  if (left === 0) return left;
  const registration = (await navigator.serviceWorker?.getRegistration()) as WithSync | undefined;
  await registration?.sync?.register(decisionsTag).catch(() => undefined); // refused in private windows; the page tries too
  return left;
});

/** Sends what waits now, and whenever there is a reason to hope: back online, looked at again, or Hive is heard. */
export const keepSending = ({ live, desk }: Room): void => {
  // Loaded besides: most who open a page have handed in nothing offline.
  let opened: Promise<WorkQueue> | null = null;
  const queue = () =>
    (opened ??= import('./work-queue.ts').then(
      ({ createWorkQueue }) => createWorkQueue(desk),
      (error: unknown) => {
        opened = null; // not there while the server is away
        throw error;
      },
    ));
  const sendWork = keepTrying(async () => (await queue()).flush());
  const send = () => {
    void sendQueued().catch(() => undefined); // a browser that keeps nothing has nothing to send
    void sendWork().catch(() => undefined);
  };
  addEventListener('online', send);
  document.addEventListener('visibilitychange', () => document.visibilityState === 'visible' && send());
  live.follow(({ kind }) => kind === 'hello' && send(), { types: [] });
  send();
};
