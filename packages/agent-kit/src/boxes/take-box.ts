import { createHash } from 'node:crypto';
import { estimateTokens, type Model, type ModelRequest } from '@hive/llm';
import { createOllama, type Place } from '@hive/ollama-bridge';
import type { Context, StepInHand } from '../agent.ts';

/** A local model, on whichever box does a call first unless one is named. */
export type LocalModel = { readonly model: string; readonly box?: string };

/** A box that is held for one call, and the model there. `place.end` has to be called, however the call ends. */
export type Taken = { readonly model: Model; readonly place: Place };

/**
 * Waits for a place for one call on the pool, under the claim of a step. `callId` is the name of the place; `role` tells what kind of answer is
 * expected. Throws the pool's errors: see {@link Pool.take}.
 */
export const takeBox = async (
  candidates: readonly LocalModel[],
  { request, role, callId }: { readonly request: ModelRequest; readonly role: string; readonly callId: string },
  step: StepInHand,
  ctx: Context,
): Promise<Taken> => {
  const { pool, log } = ctx;
  const system = request.system.map(({ text }) => text).join('\n');
  const call = {
    callId,
    turnOf: `${step.workflow.id} ${step.task?.id ?? ''} ${step.kind}`,
    kind: role,
    candidates,
    promptTokens: estimateTokens(request),
    outputTokens: pool.expects(role, request.maxTokens),
    maxTokens: request.maxTokens,
    needs: request.tools ? ['tools'] : [],
    prefix:
      system === ''
        ? null
        : {
            hash: createHash('sha256').update(system).digest('hex'),
            tokens: estimateTokens({ ...request, messages: [] }),
          },
  };
  const place = await pool.take(call, {
    places: step.places,
    signal: step.signal,
    onWait: ({ because }) => log.info({ callId, because, correlationId: step.workflow.id }, 'waiting for a box'),
  });
  const { endpoint, box, model, numCtx, because, waitedMs } = place;
  log.info({ callId, model, because, waitedMs, correlationId: step.workflow.id }, 'box taken');
  return { model: createOllama({ endpoint, box, model: asNamed(candidates, model), numCtx }), place };
};

/** A model under the name by which it was asked for: prices, budgets and equal questions go by that, and not by the tag that the box adds. */
export const asNamed = (candidates: readonly LocalModel[], found: string): string =>
  candidates.find(({ model }) => model === found || `${model}:latest` === found)?.model ?? found;
