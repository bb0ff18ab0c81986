import type { Placed, PoolCall, PoolState } from './pool-state.ts';
import { route } from './route.ts';

/** Where a call would go, in words, and its place for the decisions that follow; null: nobody can take it now. */
export const placeFor = (
  state: PoolState,
  call: PoolCall,
  at: { readonly now: number; readonly random: () => number },
): { readonly says: string; readonly placed: Placed | null } => {
  const found = route(state, call, at);
  if (!found.chosen) {
    const why = [...new Set(found.unfit.map(({ says }) => says))].slice(0, 5).join('; ');
    return { says: `no box can take it now (${why || 'there is none'})`, placed: null };
  }
  const { box, digest, model, because } = found.chosen;
  const { callId, promptTokens, outputTokens } = call;
  return {
    says: `${model} on ${because}`,
    placed: { callId, box, digest, state: 'waits', promptTokens, outputTokens, since: at.now },
  };
};
