import type { Model } from '@hive/llm';
import { createOllama, nobodyFor, type PoolCall } from '@hive/ollama-bridge';
import type { Context, StepInHand } from '../agent.ts';
import { boxesOf } from '../models/find-model.ts';
import { asNamed, type LocalModel } from './take-box.ts';

/**
 * A local model on the box where it would be asked now, to look at it: no place is held, and the call itself may go elsewhere (see takeBox). Throws
 * the pool's errors when no box can take it.
 */
export const chooseBox = async (
  candidates: readonly LocalModel[],
  step: Pick<StepInHand, 'places' | 'kind'>,
  { pool, config }: Pick<Context, 'pool' | 'config'>,
): Promise<Model> => {
  const call: PoolCall = {
    callId: '',
    turnOf: '',
    kind: step.kind,
    candidates,
    promptTokens: 0,
    outputTokens: 1,
    maxTokens: 1,
    needs: [],
    prefix: null,
  };
  const route = await pool.choose(call, step.places);
  if (!route.chosen) throw nobodyFor(call, route.unfit);
  const { box, model, numCtx } = route.chosen;
  const endpoint = boxesOf(config).find(({ name }) => name === box)?.endpoint ?? '';
  return createOllama({ endpoint, box, model: asNamed(candidates, model), numCtx });
};
