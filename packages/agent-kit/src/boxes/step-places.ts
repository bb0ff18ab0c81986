import { createHoldings, type Bus, type Claim } from '@hive/bus';
import type { Cursor } from '@hive/core-db';
import { HiveError } from '@hive/errors';
import { PlacedSchema, type Places } from '@hive/ollama-bridge';

/**
 * Places of calls in the store, under a claim: all processes of a Hive see them, and with the claim they are gone. Without a claim they are only read.
 * `write` throws `lease.lost` when the claim is lost.
 */
export const stepPlaces = (bus: Bus, claim: Claim | null): Places<Cursor> => {
  const holdings = createHoldings(bus.store, claim);
  let now = 0;
  return {
    read: async () => {
      const seen = await holdings.read();
      now = Date.parse(seen.now);
      const placed = seen.all.flatMap((it) => PlacedSchema.safeParse(it).data ?? []); // a newer Hive may say it otherwise
      return { placed, now, turn: seen.turn };
    },
    write: async (turn, callId, placed) => {
      const isLive = (it: unknown) => ((it as { until?: number }).until ?? Infinity) > now;
      const how = await holdings.write(turn, callId, placed, isLive);
      if (how === 'lost') throw new HiveError('lease.lost', 'The claim under which a box was asked for is lost');
      return how === 'written';
    },
    rings: () => bus.rings(),
    heard: (ms, signal, seen) => bus.heard(ms, signal, seen),
  };
};
