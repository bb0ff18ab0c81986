import type { Horizon } from '@hive/core-db';
import type { Context } from './agent.ts';
import { tellAlert } from './tell-alert.ts';

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
      if (horizon && horizon.lagMs > raiseAboveMs) await tellAlert(ctx, 'store.horizon', horizonText(horizon));
      else if (horizon && horizon.lagMs < resolveBelowMs) await tellAlert(ctx, 'store.horizon', null);
      if (ctx.bus.store.dialect !== 'sqlite') return;
      const { walBytes = 0 } = await ctx.bus.store.about();
      if (walBytes > raiseAboveBytes) await tellAlert(ctx, 'store.wal', walText(walBytes));
      else if (walBytes < resolveBelowBytes) await tellAlert(ctx, 'store.wal', null);
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
  return `Readers of the log are held back for ${(lagMs / 1000).toFixed(1)} s (${hidden} events) ${who}; they go on when that transaction ends. Steps that are in the queue go on; new workflows and next steps wait`;
};
