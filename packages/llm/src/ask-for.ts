import { z } from 'zod';
import { HiveError, findNotPlain, isHiveError, notPlain } from '@hive/errors';
import { complete } from './complete.ts';
import type { Chunk, Done, JsonSchema, Model, ModelRequest, Run } from './model.ts';

/** One call that {@link askFor} made, well or badly ended: what a caller records as `model.called`. */
export type AskedCall = { readonly turn: 1 | 2; readonly request: ModelRequest } & (
  { readonly done: Done } | { readonly error: HiveError }
);

/** What to ask: the request without `output`, and the schema that the answer must have. */
export type Question<T> = {
  readonly name: string;
  readonly schema: z.ZodType<T>;
  readonly request: ModelRequest;
  /** Called once for every call to the model, also for a failed one. */
  readonly onCall?: (call: AskedCall) => void | Promise<void>;
  readonly onChunk?: (chunk: Chunk) => void;
};

/**
 * Asks for JSON and returns what the zod schema made of it. A wrong answer gets exactly one repair turn with the validation errors;
 * after that it throws `model.bad_output`. An answer that was cut at `maxTokens` throws `model.truncated` with `details.maxTokens`, and is not repaired: whoever
 * retries doubles that number.
 */
export const askFor = async <T>(model: Model, question: Question<T>, run: Run): Promise<{ value: T; done: Done }> => {
  const first: ModelRequest = {
    ...question.request,
    output: { name: question.name, schema: jsonSchemaOf(question.schema) },
  };
  const answer = await ask(model, { ...question, request: first, turn: 1 }, run);
  const read = readAnswer(question.schema, answer, first.maxTokens);
  if (read.ok) return { value: read.value, done: answer };

  const second = repairTurn(first, answer, read.problem);
  const repaired = await ask(model, { ...question, request: second, turn: 2 }, run);
  const reread = readAnswer(question.schema, repaired, second.maxTokens);
  if (reread.ok) return { value: reread.value, done: repaired };
  throw new HiveError(
    'model.bad_output',
    `The model did not answer with a valid ${question.name}, also after one repair: ${firstLine(reread.problem).replace(/\.$/, '')}; name another model under models: in hive.yaml, or with --model`,
    {
      remedy: 'retry',
      where: 'other',
      details: { problem: reread.problem, usage: repaired.usage, timing: repaired.timing, sent: true },
    },
  );
};

/** The JSON Schema that a model is given for a zod schema (draft 2020-12, as the model has to write it). */
export const jsonSchemaOf = (schema: z.ZodType): JsonSchema => {
  const { $schema: _dialect, ...rest } = z.toJSONSchema(schema, { io: 'input' });
  return rest;
};

const ask = async <T>(
  model: Model,
  { request, turn, onCall, onChunk }: Question<T> & { turn: 1 | 2 },
  run: Run,
): Promise<Done> => {
  const done = await complete(model, request, run, onChunk).catch(async (error: unknown) => {
    if (isHiveError(error)) await onCall?.({ turn, request, error });
    throw error;
  });
  // Outside of what is caught: a caller that throws here was told of this call already.
  await onCall?.({ turn, request, done });
  return done;
};

type Read<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly problem: string };

const readAnswer = <T>(schema: z.ZodType<T>, answer: Done, maxTokens: number): Read<T> => {
  if (answer.output === undefined) {
    if (answer.stop === 'max_tokens')
      throw new HiveError('model.truncated', 'The answer was cut off at the token limit in the middle of its JSON', {
        remedy: 'retry',
        details: { maxTokens, usage: answer.usage, timing: answer.timing, sent: true },
      });
    return { ok: false, problem: answer.text.trim() === '' ? 'The answer is empty.' : 'The answer is not JSON.' };
  }
  const parsed = schema.safeParse(answer.output);
  const bad = findNotPlain(parsed.data);
  if (bad) return { ok: false, problem: `A text ${notPlain}, at ${bad.join('.') || 'the root'}.` };
  return parsed.success ? { ok: true, value: parsed.data } : { ok: false, problem: z.prettifyError(parsed.error) };
};

const repairTurn = (request: ModelRequest, answer: Done, problem: string): ModelRequest => ({
  ...request,
  messages: [
    ...request.messages,
    // Servers refuse an empty turn, and an empty answer has nothing to quote.
    { role: 'assistant', parts: [{ text: answer.text.trim() === '' ? '(no answer)' : answer.text }] },
    {
      role: 'user',
      parts: [
        {
          text: `This does not match the schema:\n${problem}\nAnswer again with the whole JSON object and nothing else.`,
        },
      ],
    },
  ],
});

const firstLine = (text: string): string => text.split('\n', 1)[0] ?? '';
