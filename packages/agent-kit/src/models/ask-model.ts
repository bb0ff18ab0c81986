import { newId } from '@hive/bus';
import { askFor, authorOf, type Model, type ModelRequest } from '@hive/llm';
import type { z } from 'zod';
import type { Context, StepInHand } from '../agent.ts';
import { callOn } from './call-model.ts';
import { findModel } from './find-model.ts';
import type { Role, Wanted } from './wanted.ts';

/** A question to a model on behalf of a step; `schema` says what the answer must be. */
export type Question<T> = { readonly name: string; readonly schema: z.ZodType<T>; readonly request: ModelRequest };

/** The answer, and who is its author: the model, or the double that stood in for it. */
export type Answer<T> = { readonly value: T; readonly author: string };

/**
 * Asks for JSON under the claim of a step: one call, and one more to the same model when the answer does not match. Each is made, recorded and
 * refused as by {@link callModel}.
 */
export const askModel = async <T>(
  { wanted, ...question }: Question<T> & { readonly wanted: Wanted },
  step: StepInHand,
  ctx: Context,
): Promise<Answer<T>> => askOn(await findModel(ctx.config, wanted), { role: wanted.role, ...question }, step, ctx);

/** {@link askModel} on a model that was chosen already. */
export const askOn = async <T>(
  model: Model,
  { role, ...question }: Question<T> & { readonly role: Role },
  step: StepInHand,
  ctx: Context,
): Promise<Answer<T>> => {
  const told: Model = {
    ...model,
    async *call(request) {
      yield (await callOn(model, { role, request }, step, ctx)).done;
    },
  };
  const run = {
    signal: step.signal,
    deadline: new Date(Number.MAX_SAFE_INTEGER / 2), // each call has its own
    idleMs: 0,
    correlationId: step.workflow.id,
    callId: newId(),
  };
  const { value, done } = await askFor(told, question, run);
  return { value, author: authorOf(model.ref, done) };
};
