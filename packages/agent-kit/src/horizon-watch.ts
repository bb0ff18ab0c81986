import { record } from '@hive/bus';
import type { Horizon } from '@hive/core-db';
import { streams, type NewEvent, type SystemView } from '@hive/events';
import type { Context } from './agent.ts';

/** Looks after how far readers of the log are held back (PostgreSQL), and how far they hold back its file (SQLite). */
export type HorizonWatch = {
  /** To be done every second or so: raises the alert, or resolves it. */
  look(): Promise<void>;
};

const raiseAboveMs = 2_000;
const resolveBelowMs = 500;
const lookMs = 1_000;
/** SQLite's log is cut at 16 MB when nobody is in the way. */
const raiseAboveBytes = 256_000_000;
const resolveBelowBytes = 64_000_000;

/** The watch of one process. */
export const createHorizonWatch = (ctx: Context): HorizonWatch => {
  let lookedAt = -Infinity;
  return {
    look: async () => {
      if (performance.now() - lookedAt < lookMs) return;
      lookedAt = performance.now();
      const horizon = await ctx.bus.store.horizon?.();
      if (horizon && horizon.lagMs > raiseAboveMs) await tell(ctx, 'store.horizon', horizonText(horizon));
      else if (horizon && horizon.lagMs < resolveBelowMs) await tell(ctx, 'store.horizon', null);
      if (ctx.bus.store.dialect !== 'sqlite') return;
      const { walBytes = 0 } = await ctx.bus.store.about();
      if (walBytes > raiseAboveBytes) await tell(ctx, 'store.wal', walText(walBytes));
      else if (walBytes < resolveBelowBytes) await tell(ctx, 'store.wal', null);
    },
  };
};

/** How long SQLite's log is, and what to do about it. */
export const walText = (bytes: number): string =>
  `The log beside the database file has ${(bytes / 1_000_000).toFixed(0)} MB: a program that reads the file without a pause keeps it from being emptied; end that program (lsof names it), and Hive cuts the log`;

/** Who holds readers back, and what to do about it. */
export const horizonText = ({ hidden, lagMs, blocker }: Horizon): string => {
  const who =
    blocker === null
      ? 'by a transaction that has just ended'
      : `by ${blocker.who}${blocker.database === null ? '' : ` in the database ${blocker.database}`}, which writes${blocker.since === null ? '' : ` since ${blocker.since}`}`;
  return `Readers of the log are held back for ${(lagMs / 1000).toFixed(1)} s (${hidden} events) ${who}; they go on when that transaction ends. The queue goes on`;
};

/** Records the change, if it is one: what was raised stands in the head of the system's stream, which nothing holds back. */
const tell = async (
  { bus, incarnation }: Context,
  alert: 'store.horizon' | 'store.wal',
  message: string | null,
): Promise<void> => {
  const own = streams.agent(incarnation);
  const isNews = (view: SystemView | undefined) => (view?.alerts?.[alert] === undefined) === (message !== null);
  const { heads } = await bus.store.heads([streams.system]);
  if (!isNews(heads.get(streams.system)?.view as SystemView | undefined)) return; // made by foldStream
  const event: NewEvent =
    message === null
      ? { type: 'system.alert_resolved', stream: streams.system, data: { alert } }
      : { type: 'system.alert_raised', stream: streams.system, data: { alert, message } };
  await record(bus.store, {
    streams: [streams.system, own],
    onRefused: 'throw',
    plan: (now) => ({
      moves: isNews(now.get(streams.system)?.view as SystemView | undefined) ? [{ events: [event] }] : [],
      stamp: { correlationId: incarnation, causationId: now.get(own)?.lastEventId ?? null, actor: bus.actor },
    }),
  });
};
