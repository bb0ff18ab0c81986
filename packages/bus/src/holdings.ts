import { logRing, type Cursor, type StepRow, type Store } from '@hive/core-db';
import type { Claim } from './queue.ts';

/** Whoever writes a holding moves this cursor on, so that of two who looked at the same moment one begins anew. */
export const holdingsTurnstile = 'holdings';

/** All that claims hold, by name, with the store's time. `turn` is for a write that is to be refused when somebody else wrote since. */
export type HoldingsRead = {
  readonly all: readonly unknown[];
  readonly now: string;
  readonly turn: Cursor;
};

/**
 * Small JSON that a claim holds in sight of all, e.g. its place on a box. It stands in the row of the claimed step and is worth what the claim is
 * worth: when the step ends or its lease is lost the holding is gone, so it can neither leak nor outlive its process.
 */
export type Holdings = {
  read(): Promise<HoldingsRead>;
  /** Writes (or with null takes away) what this claim holds under a name; drops those of its others that `keep` is false for. */
  write(
    turn: Cursor,
    name: string,
    value: unknown,
    keep: (value: unknown) => boolean,
  ): Promise<'written' | 'late' | 'lost'>;
};

const all = 10_000;

/** The holdings as one claim sees them; null: as somebody who holds nothing and only reads. */
export const createHoldings = (store: Store, claim: Claim | null): Holdings => {
  const read = async () => {
    const turn = await store.subscription(holdingsTurnstile, 'origin');
    const [steps, now] = await Promise.all([store.steps({ states: ['claimed'], limit: all }), store.now()]);
    return { steps, now, turn };
  };
  return {
    read: async () => {
      const { steps, now, turn } = await read();
      return { all: steps.flatMap((step) => Object.values(heldBy(step))), now, turn };
    },
    write: async (turn, name, value, keep) => {
      if (!claim) return 'lost';
      const { id, token } = claim.step;
      const [row] = await store.steps({ ids: [id], limit: 1 });
      if (row?.state !== 'claimed' || row.token !== token) return 'lost';
      const others = Object.entries(heldBy(row)).filter(([other, held]) => other !== name && keep(held));
      const held: Record<string, unknown> = Object.fromEntries(others);
      if (value !== null) held[name] = value;
      const { status } = await store.write({
        events: [],
        heads: [],
        changeSteps: [{ id, expect: { state: 'claimed', token }, set: { payload: { token, held } } }],
        cursor: { name: holdingsTurnstile, from: turn, to: { ...turn, position: turn.position + 1 } },
      });
      if (status === 'written') store.ring(logRing);
      return status === 'written' ? 'written' : status === 'step' ? 'lost' : 'late';
    },
  };
};

/** What an earlier claim of the step held is void. */
const heldBy = (step: StepRow): Readonly<Record<string, unknown>> => {
  const payload = step.payload as { readonly token?: number; readonly held?: Readonly<Record<string, unknown>> } | null; // written above only
  return payload?.token === step.token ? (payload.held ?? {}) : {};
};
