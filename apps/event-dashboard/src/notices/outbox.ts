import { createHash, randomBytes } from 'node:crypto';
import type { SubscribeRequest } from '@hive/events';
import type { Notice } from './notice.ts';
import type { Delivery, NoticeFile, NoticeState, Subscription, TargetState } from './notice-file.ts';

const mostDone = 2000;
const mostWaiting = 1000;
const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex');

/** A decision that a notification may make, once. */
export type Grant = { readonly device: string; readonly approvalId: string; readonly actionHash: string };

/** Who is told, what is on its way to them, and what they may decide by it; all of it on the disk before it is answered. */
export type Outbox = {
  subscriptions(): readonly Subscription[];
  subscribe(device: string, request: SubscribeRequest, origin: string): void;
  /** Forgets a browser with all that was on its way to it, and what it could decide. */
  forget(device: string): void;
  /** A target as it is known; made when it is new: it is told of what happens from now on. */
  target(name: string): TargetState;
  /** How the last try went; null: well. */
  tried(name: string, trouble: string | null): void;
  /** Adds what is not on its way and was not told before. Answers what was added. */
  add(deliveries: readonly Pick<Delivery, 'target' | 'notice' | 'notBefore'>[]): readonly Delivery[];
  /** Takes back what was just added. */
  takeBack(deliveries: readonly Delivery[]): void;
  waiting(): readonly Delivery[];
  /** True when that target may show something under that tag. */
  hasTold(target: string, tag: string): boolean;
  leaving(delivery: Delivery): void;
  later(delivery: Delivery, notBefore: number): void;
  /** It need not leave (any more); `dropped`: nobody can have seen it. */
  done(delivery: Delivery, how: 'shown' | 'dropped'): void;
  grant(grant: Grant, until: string): string;
  /** The grant, once; null for one that is unknown, over, used or of another device. */
  useGrant(text: string, device: string): Grant | null;
};

const isSame = (a: Delivery, b: Pick<Delivery, 'target' | 'notice'>): boolean =>
  a.target === b.target && a.notice.eventId === b.notice.eventId;

/**
 * Opens what is kept in `file`. What was leaving when the last process ended may have arrived: it is not sent again, but for targets that take one id only
 * once (`repeatable`).
 */
export const openOutbox = (
  file: NoticeFile,
  { repeatable, now = Date.now }: { readonly repeatable: (target: string) => boolean; readonly now?: () => number },
): Outbox => {
  let state: NoticeState = file.read();
  const keep = (next: Partial<NoticeState>): void => {
    const whole = { ...state, ...next };
    file.write(whole);
    state = whole;
  };
  const doneOf = ({ target, notice: { eventId: event, tag } }: Delivery, how: 'shown' | 'dropped') => ({
    ...{ event, target, tag, how },
  });
  const without = (delivery: Delivery) => state.deliveries.filter((it) => !isSame(it, delivery));
  const change = (delivery: Delivery, more: Partial<Delivery>) =>
    keep({ deliveries: state.deliveries.map((it) => (isSame(it, delivery) ? { ...it, ...more } : it)) });

  const interrupted = state.deliveries.filter((it) => it.state === 'leaving');
  if (interrupted.length > 0)
    keep({
      deliveries: state.deliveries
        .filter((it) => it.state === 'waiting' || repeatable(it.target))
        .map((it) => ({ ...it, state: 'waiting' as const })),
      done: [
        ...state.done,
        ...interrupted.filter((it) => !repeatable(it.target)).map((it) => doneOf(it, 'shown')),
      ].slice(-mostDone),
    });

  return {
    subscriptions: () => state.subscriptions,
    subscribe: (device, { endpoint, keys, wants, quietHours }, origin) => {
      const others = state.subscriptions.filter((it) => it.device !== device && it.endpoint !== endpoint);
      const name = `device/${device}`;
      const known = state.targets[name] ?? { since: new Date(now()).toISOString(), lastSentAt: null };
      keep({
        subscriptions: [...others, { device, endpoint, keys, wants, quietHours, origin }],
        targets: { ...state.targets, [name]: { ...known, trouble: null } },
      });
    },
    forget: (device) => {
      const target = `device/${device}`;
      const { [target]: _, ...targets } = state.targets;
      keep({
        subscriptions: state.subscriptions.filter((it) => it.device !== device),
        targets,
        deliveries: state.deliveries.filter((it) => it.target !== target),
        grants: state.grants.filter((it) => it.device !== device),
      });
    },
    target: (name) => {
      const known = state.targets[name];
      if (known) return known;
      const made = { since: new Date(now()).toISOString(), lastSentAt: null, trouble: null };
      keep({ targets: { ...state.targets, [name]: made } });
      return made;
    },
    tried: (name, trouble) => {
      const known = state.targets[name];
      if (!known) return; // it was forgotten meanwhile
      const lastSentAt = trouble === null ? new Date(now()).toISOString() : known.lastSentAt;
      keep({ targets: { ...state.targets, [name]: { ...known, lastSentAt, trouble } } });
    },
    add: (deliveries) => {
      const isKnown = (it: Pick<Delivery, 'target' | 'notice'>) =>
        state.deliveries.some((other) => isSame(other, it)) ||
        state.done.some(({ event, target }) => event === it.notice.eventId && target === it.target);
      const added = deliveries
        .filter((it) => !isKnown(it))
        .map((it): Delivery => ({ ...it, state: 'waiting', attempts: 0 }));
      if (added.length > 0) keep({ deliveries: [...state.deliveries, ...added].slice(-mostWaiting) });
      return added;
    },
    takeBack: (deliveries) =>
      keep({ deliveries: state.deliveries.filter((it) => !deliveries.some((other) => isSame(it, other))) }),
    waiting: () => state.deliveries.filter((it) => it.state === 'waiting'),
    hasTold: (target, tag) => state.done.some((it) => it.target === target && it.tag === tag && it.how === 'shown'),
    leaving: (delivery) => change(delivery, { state: 'leaving' }),
    later: (delivery, notBefore) => change(delivery, { state: 'waiting', notBefore, attempts: delivery.attempts + 1 }),
    done: (delivery, how) =>
      keep({ deliveries: without(delivery), done: [...state.done, doneOf(delivery, how)].slice(-mostDone) }),
    grant: (grant, until) => {
      const text = randomBytes(24).toString('base64url');
      const valid = state.grants.filter((it) => Date.parse(it.until) > now());
      keep({ grants: [...valid, { hash: hashOf(text), ...grant, until }] });
      return text;
    },
    useGrant: (text, device) => {
      const hash = hashOf(text);
      const found = state.grants.find((it) => it.hash === hash && it.device === device && Date.parse(it.until) > now());
      if (!found) return null;
      keep({ grants: state.grants.filter((it) => it !== found) });
      const { approvalId, actionHash } = found;
      return { device, approvalId, actionHash };
    },
  };
};

/** A notice without the event that it would be about, for the button that tries it out. */
export const testNotice = (at: number): Notice => ({
  ...{ kind: 'test', eventId: randomBytes(8).toString('hex'), tag: 'test', title: 'Hive can reach you here' },
  ...{ line: 'You asked for this in Settings.', path: '/settings', at: new Date(at).toISOString() },
  ...{ until: null, approval: null, workflowId: null },
});
