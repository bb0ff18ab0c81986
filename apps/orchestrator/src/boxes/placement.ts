import type { Move } from '@hive/bus';
import { placeFor, type PoolState } from '@hive/agent-kit';

/** What a turn of an author is taken for before it is known: a file or two to read, and a change to write. */
const usual = { promptTokens: 4000, outputTokens: 800, maxTokens: 4000 };

/**
 * Moves whose steps say in `because` which box and model would do them first, and why: "coder:30b on ironwood: resident, 41 tok/s, queue 1, ~38 s".
 * Each counts as placed for the next one. `refOf` names the local model that authors the task of a step; null: none does. Pure.
 */
export const withPlacement = (
  moves: readonly Move[],
  {
    pool,
    refOf,
    now,
    random,
  }: {
    readonly pool: PoolState;
    readonly refOf: (taskId: string) => { readonly model: string; readonly box?: string } | null;
    readonly now: number;
    readonly random: () => number;
  },
): readonly Move[] => {
  let state = pool;
  return moves.map((move) => {
    const { step } = move;
    const ref = step?.kind === 'work' && step.taskId !== null ? refOf(step.taskId) : null;
    if (!step || !ref) return move;
    const call = {
      callId: step.id,
      turnOf: step.id,
      kind: 'worker',
      candidates: [ref],
      needs: [],
      prefix: null,
      ...usual,
    };
    const { says, placed } = placeFor(state, call, { now, random });
    if (placed) state = { ...state, placed: [...state.placed, placed] };
    return { ...move, step: { ...step, because: `${says}; ${step.because}` } };
  });
};
