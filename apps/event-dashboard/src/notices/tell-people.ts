import { mayLeave, NotPosted, postOutside, type Post } from '@hive/agent-kit';
import { awayMs, rest, type Bus } from '@hive/bus';
import { quietHoursOf, quietUntil, type HiveConfig } from '@hive/config';
import { streams, type ApprovalView, type NoticeKind, type Role, type WorkflowView } from '@hive/events';
import { may } from '../access/permissions.ts';
import { pushMessage, pushPayload, sinkMessage } from './messages.ts';
import { noticeOf, noticeTypes, withoutWords, type Notice } from './notice.ts';
import type { Delivery } from './notice-file.ts';
import type { Outbox } from './outbox.ts';
import { recordTold, type Told } from './record-told.ts';
import type { VapidKeys } from './vapid-keys.ts';

const cursorName = 'notices';
const pageSize = 200;
const lookMs = 15_000;
const giveUpMs = 24 * 3600 * 1000;

/** What telling people stands on. */
export type Telling = {
  readonly config: Pick<HiveConfig, 'egress' | 'notify'>;
  readonly keys: VapidKeys;
  readonly outbox: Outbox;
  /** The browser as it was let in; null for one that was shut out. */
  readonly device: (id: string) => { readonly role: Role } | null;
  /** The address for links that are opened elsewhere. */
  readonly origin: () => string;
  readonly onTrouble: (error: unknown) => void;
  readonly resolve?: Post['resolve'];
};

/** Whoever is told. */
export type Target = {
  readonly name: string;
  readonly host: string;
  readonly wants: readonly NoticeKind[];
  readonly quietUntil: (at: number) => number | null;
};

/** Everyone who is told right now: browsers that are still let in, and the sinks of hive.yaml. */
export const targetsOf = ({ outbox, device, config }: Pick<Telling, 'outbox' | 'device' | 'config'>): Target[] => [
  ...outbox.subscriptions().flatMap((it): Target[] => {
    if (device(it.device) === null) return [];
    const spans = quietHoursOf(it.quietHours ?? undefined);
    const host = URL.parse(it.endpoint)?.hostname ?? '';
    return [{ name: `device/${it.device}`, host, wants: it.wants, quietUntil: (at) => quietUntil(spans, at) }];
  }),
  ...config.notify.sinks.map((sink): Target => ({
    name: `${sink.kind}/${sink.url}`,
    host: URL.parse(sink.url)?.hostname ?? '',
    wants: sink.wants,
    quietUntil: (at) => quietUntil(sink.quietHours, at),
  })),
];

/** One try to tell one target. */
export type Tried = 'told' | 'gone' | 'refused' | 'unknown' | { readonly retryMs: number };

/** Sends what is due; see {@link tellPeople}. */
export const createTeller = (bus: Pick<Bus, 'store' | 'actor' | 'around'>, telling: Telling) => {
  const { config, keys, outbox, device, origin, onTrouble } = telling;
  const { store } = bus;

  const headOf = async <View>(stream: string): Promise<View | null> =>
    ((await store.heads([stream])).heads.get(stream)?.view as View | undefined) ?? null;

  /** Its words, where they may go there. */
  const wordsFor = async (notice: Notice, host: string): Promise<Notice> => {
    if (notice.kind === 'test') return notice;
    const workflow =
      notice.workflowId === null ? null : await headOf<WorkflowView>(streams.workflow(notice.workflowId));
    const localOnly = workflow?.submission.localOnly ?? false;
    return mayLeave(`${notice.title}\n${notice.line}`, { host, localOnly }, config) ? notice : withoutWords(notice);
  };

  /** Decisions that cannot be taken back are none of a notification's, and neither are those of who may not decide. */
  const grantFor = ({ approval, until, kind }: Notice, id: string): string | null => {
    const who = device(id);
    if (kind !== 'approvals' || !approval || until === null || who === null) return null;
    if (approval.tier === 'T3' || !may(who.role, 'decide')) return null;
    return outbox.grant({ device: id, approvalId: approval.id, actionHash: approval.actionHash }, until);
  };

  const messageFor = async ({ target, notice }: Pick<Delivery, 'target' | 'notice'>, host: string) => {
    const shown = await wordsFor(notice, host);
    const now = Date.now();
    const subscription = outbox.subscriptions().find((it) => `device/${it.device}` === target);
    if (subscription) {
      const waiting = (await store.countHeads('approval'))['open'] ?? 0;
      const grant = grantFor(notice, subscription.device);
      const payload = pushPayload(shown, { origin: subscription.origin, waiting, grant });
      const contact = config.notify.contact ?? contactAt(subscription.origin);
      return pushMessage(shown, payload, { subscription, keys, contact, now });
    }
    const sink = config.notify.sinks.find((it) => `${it.kind}/${it.url}` === target);
    return sink ? sinkMessage(sink, shown, { link: `${origin()}${notice.path}`, now }) : null;
  };

  const send = async (delivery: Pick<Delivery, 'target' | 'notice' | 'attempts'>, host: string): Promise<Tried> => {
    const { target, notice, attempts } = delivery;
    const retryMs = awayMs(attempts, Math.random());
    try {
      const message = await messageFor(delivery, host);
      if (message === null) return 'refused';
      const { localHosts } = config.notify;
      const { status, retryAfterMs } = await postOutside({
        ...{ ...message, localHosts },
        ...(telling.resolve && { resolve: telling.resolve }),
      });
      if (status < 300) {
        outbox.tried(target, null);
        // It has left: a record that cannot be made must not send it again.
        await recordTold(bus, notice, { by: wayOf(target), host, bytes: Buffer.byteLength(message.body) }).catch(
          onTrouble,
        );
        return 'told';
      }
      outbox.tried(target, `${host} answered ${status}`);
      if (status === 404 || status === 410) return 'gone';
      return status === 429 || status >= 500 ? { retryMs: Math.max(retryMs, retryAfterMs ?? 0) } : 'refused';
    } catch (error) {
      if (!(error instanceof NotPosted)) throw error;
      outbox.tried(target, `${host}: ${error.message}`);
      if (error.kind === 'refused') return 'refused';
      return error.certain || target.startsWith('webhook/') ? { retryMs } : 'unknown';
    }
  };

  /** Why it need not be told any more. */
  const isOver = async ({ notice, target }: Delivery, now: number): Promise<boolean> => {
    const { kind, until, approval, tag, at } = notice;
    if ((until !== null && Date.parse(until) <= now) || now - Date.parse(at) > giveUpMs) return true;
    if (kind === 'closed') return !outbox.hasTold(target, tag);
    if (kind !== 'approvals' || !approval) return false;
    return (await headOf<ApprovalView>(streams.approval(approval.id)))?.state !== 'open';
  };

  const deliver = async (delivery: Delivery, target: Target | undefined): Promise<void> => {
    const now = Date.now();
    if (target === undefined || (await isOver(delivery, now))) return outbox.done(delivery, 'dropped');
    const quiet = delivery.notice.kind === 'closed' ? null : target.quietUntil(now);
    if (quiet !== null) return outbox.later(delivery, quiet);
    outbox.leaving(delivery);
    const tried = await send(delivery, target.host);
    if (typeof tried === 'object') return outbox.later(delivery, Date.now() + tried.retryMs);
    outbox.done(delivery, tried === 'told' || tried === 'unknown' ? 'shown' : 'dropped');
    // The browser maker says that nobody is there any more.
    if (tried === 'gone' && target.name.startsWith('device/')) outbox.forget(target.name.slice('device/'.length));
  };

  return {
    send,
    /** Takes up what happened since the cursor. True when there is more. */
    take: async (): Promise<boolean> => {
      const targets = targetsOf(telling);
      for (const { name } of targets) outbox.target(name); // whoever is new is told of what happens from now on
      const from = await store.subscription(cursorName, 'end');
      const { events, looked } = await store.events({ after: from, types: noticeTypes, limit: pageSize });
      const found = events.flatMap((event) => {
        const notice = noticeOf(event);
        if (notice === null) return [];
        return targets
          .filter(({ name, wants }) => {
            const isWanted = notice.kind === 'closed' || wants.includes(notice.kind as NoticeKind);
            return isWanted && outbox.target(name).since <= event.at;
          })
          .map(({ name }) => ({ target: name, notice, notBefore: 0 }));
      });
      const added = outbox.add(found);
      const to = events.length < pageSize ? looked : (events.at(-1)?.cursor ?? looked);
      if (to.position !== from.position || to.xid !== from.xid) {
        const { status } = await store.write({ events: [], heads: [], cursor: { name: cursorName, from, to } });
        if (status !== 'written' && added.length > 0) outbox.takeBack(added); // another process tells it
      }
      return events.length >= pageSize;
    },
    /** Sends what is due: targets beside each other, what one of them gets in order. */
    deliver: async (): Promise<void> => {
      const targets = new Map(targetsOf(telling).map((target) => [target.name, target]));
      const now = Date.now();
      const due = outbox.waiting().filter(({ notBefore }) => notBefore <= now);
      const byTarget = Map.groupBy(due, ({ target }) => target);
      await Promise.all(
        [...byTarget].map(async ([name, deliveries]) => {
          for (const delivery of deliveries) await deliver(delivery, targets.get(name)).catch(onTrouble);
        }),
      );
    },
  };
};

/** Targets begin with what they are. */
const wayOf = (target: string): Told['by'] => {
  if (target.startsWith('ntfy/')) return 'ntfy';
  return target.startsWith('webhook/') ? 'webhook' : 'push';
};

/** A push service wants to know whom to write to; Apple's takes no localhost. */
const contactAt = (origin: string): string => {
  const host = URL.parse(origin)?.hostname ?? '';
  return `mailto:hive@${/^[a-z][a-z0-9-]*(\.[a-z0-9-]+)+$/.test(host) ? host : 'example.com'}`;
};

/**
 * Follows the log and tells people what they want to know, until `signal` is aborted. What happened is written down with who is to be told before the cursor
 * moves, and that it leaves before it leaves: a restart loses nothing that was not leaving at that moment, and tells nobody twice.
 */
export const tellPeople = async (
  bus: Bus,
  telling: Telling,
  { signal, nudged }: { readonly signal: AbortSignal; readonly nudged: () => Promise<void> },
): Promise<void> => {
  const teller = createTeller(bus, telling);
  const { around } = bus;
  for (let failures = 0; !signal.aborted;) {
    const seen = bus.rings();
    try {
      // Browsers that were shut out are forgotten with all that was on its way to them.
      const { outbox, device } = telling;
      for (const { device: id } of outbox.subscriptions()) if (device(id) === null) outbox.forget(id);
      // Nobody to tell: no cursor to keep.
      if (targetsOf(telling).length === 0) {
        await Promise.race([nudged(), rest(around, 24 * 3600 * 1000, signal)]);
        continue;
      }
      const more = await teller.take();
      await teller.deliver();
      failures = 0;
      if (!more) await Promise.race([bus.heard(waitMs(telling.outbox), signal, seen), nudged()]);
    } catch (error) {
      telling.onTrouble(error);
      await rest(around, awayMs(failures++, around.random()), signal);
    }
  }
};

const waitMs = (outbox: Outbox): number => {
  const next = Math.min(...outbox.waiting().map(({ notBefore }) => notBefore));
  return Math.max(100, Math.min(lookMs, next - Date.now()));
};
