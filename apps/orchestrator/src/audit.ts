import type { Context } from '@hive/agent-kit';
import { derivedId, record } from '@hive/bus';
import { createSealer, type SignedCheckpoint } from '@hive/core-db';
import { hasCode } from '@hive/errors';
import { streams } from '@hive/events';

/** Seals the log beside everything else: chains the hashes of its events and signs where the chain stands. */
export type Audit = { look(): void };

/** A file that cannot be written, or a log that has lost what was sealed, is not looked at again before this time. */
const pauseMs = 60_000;

/** The audit of one queen. Several queens on one home seal one chain, one at a time. */
export const createAudit = (ctx: Context): Audit => {
  const { bus, config, log } = ctx;
  const sealer = createSealer({ store: bus.store, home: config.home, record: (it) => tellCheckpoint(ctx, it) });
  let isLooking = false;
  let notBefore = 0;
  return {
    look: () => {
      if (isLooking || performance.now() < notBefore) return;
      isLooking = true;
      void sealer
        .seal()
        .then((made) => {
          if (made) log.debug({ checkpoints: made }, 'log sealed');
        })
        .catch((error: unknown) => {
          // A store that is away comes back; everything else needs a person.
          if (hasCode(error, 'store.unavailable')) return log.warn({ err: error }, 'log not sealed; trying again');
          notBefore = performance.now() + pauseMs;
          log.error({ err: error }, 'log not sealed');
        })
        .finally(() => (isLooking = false));
    },
  };
};

/** Told once, also when it is asked for again after a crash: the id follows from the checkpoint. Part of the trace of this process. */
export const tellCheckpoint = async (
  { bus, incarnation }: Pick<Context, 'bus' | 'incarnation'>,
  checkpoint: SignedCheckpoint,
): Promise<void> => {
  const { position, eventId, count, hash, key, signature } = checkpoint;
  const id = derivedId(eventId, `checkpoint ${signature}`);
  if (await bus.store.event(id)) return;
  const own = streams.agent(incarnation);
  const data = { position, eventId, count, hash, key, signature };
  await record(bus.store, {
    streams: [streams.system, own],
    onRefused: 'throw',
    plan: (heads) => ({
      moves: [{ events: [{ type: 'system.checkpointed', stream: streams.system, data }] }],
      stamp: {
        correlationId: incarnation,
        causationId: heads.get(own)?.lastEventId ?? null,
        actor: bus.actor,
        id: () => id,
      },
    }),
  });
};
