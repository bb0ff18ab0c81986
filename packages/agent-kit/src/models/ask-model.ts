import { newId } from '@hive/bus';
import { askFor, type Model, type ModelRequest } from '@hive/llm';
import type { z } from 'zod';
import type { Context, StepInHand } from '../agent.ts';
import { callOn, type Turned } from './call-model.ts';
import { chooseModel, type Chosen } from './choose-model.ts';
import { liveWanted, takeTurn } from './take-turn.ts';
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
  { wanted, atOnce, ...question }: Question<T> & { readonly wanted: Wanted; readonly atOnce?: string },
  step: StepInHand,
  ctx: Context,
): Promise<Answer<T>> => {
  let chosen: Chosen | null = null;
  const choose = async () => (chosen ??= await chooseModel(liveWanted(wanted, step), step, ctx));
  return ask((request) => takeTurn({ wanted, request, atOnce }, step, ctx, choose), question, step);
};

/** {@link askModel} on a model that was chosen already. */
export const askOn = async <T>(
  model: Model,
  { role, ...question }: Question<T> & { readonly role: Role },
  step: StepInHand,
  ctx: Context,
): Promise<Answer<T>> => ask((request) => callOn(model, { role, request }, step, ctx), question, step);

const ask = async <T>(
  turn: (request: ModelRequest) => Promise<Turned>,
  question: Question<T>,
  { signal, workflow }: StepInHand,
): Promise<Answer<T>> => {
  let author = '';
  // askFor calls it and asks nothing else of it.
  const told = {
    async *call(request: ModelRequest) {
      const turned = await turn(request);
      author = turned.author;
      yield turned.done;
    },
  } as unknown as Model;
  const run = {
    signal,
    deadline: new Date(8.64e15), // each call has its own
    idleMs: 0,
    correlationId: workflow.id,
    callId: newId(),
  };
  const { value } = await askFor(told, question, run);
  return { value, author };
};
