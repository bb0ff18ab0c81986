import { instanceOf } from './instance-of.ts';
import type { Fault, Reply } from './scenario.ts';

/** One piece of a streamed answer on the wire. Only `content` counts for faults; `end` is what makes the answer complete. */
export type Frame = { readonly kind: 'open' | 'content' | 'end'; readonly bytes: string };

/** An answer with every default filled in; the same for both protocols. */
export type Answer = {
  readonly model: string;
  readonly text: readonly string[];
  readonly thinking: string;
  readonly toolCalls: readonly { readonly id: string; readonly name: string; readonly json: string }[];
  readonly stop: NonNullable<Reply['stop']>;
  readonly usage: {
    readonly input: number;
    readonly output: number;
    readonly cacheRead: number;
    readonly cacheWrite: number;
    readonly thinking: number;
  } | null;
};

/** What an answer depends on besides its reply. `counted` is how the prompt was counted where the reply does not say. */
export type AnswerTo = {
  readonly model: string;
  readonly n: number;
  readonly counted: { readonly input: number; readonly cacheRead?: number; readonly cacheWrite?: number };
  readonly fault?: Fault | undefined;
  readonly schema?: unknown;
  readonly maxTokens?: number | undefined;
};

/** Fills in a reply: text in pieces, ids from the number of the request, four characters a token where no usage is given, an end at `maxTokens`. */
export const answerOf = (
  reply: Reply,
  { model, n, counted, fault, schema, maxTokens = Number.POSITIVE_INFINITY }: AnswerTo,
): Answer => {
  const whole = spoilt(textOf(reply, schema), fault);
  const text = tokens(whole) > maxTokens && reply.stop === undefined ? whole.slice(0, maxTokens * 4) : whole;
  const toolCalls = (reply.toolCalls ?? []).map(({ name, input, raw }, index) => ({
    id: `toolu_${String(n).padStart(6, '0')}${index}`,
    name,
    json: raw ?? JSON.stringify(input ?? {}),
  }));
  const thought = tokens(reply.thinking ?? '');
  return {
    model: reply.model ?? model,
    text: pieces(text, reply.chunks ?? 3),
    thinking: reply.thinking ?? '',
    toolCalls,
    stop: reply.stop ?? (text !== whole ? 'max_tokens' : toolCalls.length > 0 ? 'tool_use' : 'end'),
    usage:
      reply.usage === null
        ? null
        : {
            input: reply.usage?.input ?? counted.input,
            output: reply.usage?.output ?? tokens(text) + thought + toolCalls.length,
            cacheRead: reply.usage?.cacheRead ?? counted.cacheRead ?? 0,
            cacheWrite: reply.usage?.cacheWrite ?? counted.cacheWrite ?? 0,
            thinking: reply.usage?.thinking ?? thought,
          },
  };
};

const textOf = (reply: Reply, schema: unknown): string => {
  if (reply.json !== undefined) return JSON.stringify(reply.json);
  const silent = reply.text === undefined && !reply.toolCalls && reply.thinking === undefined;
  if (silent && schema !== null && typeof schema === 'object') return JSON.stringify(instanceOf(schema));
  return reply.text ?? '';
};

const spoilt = (text: string, fault: Fault | undefined): string => {
  switch (fault?.kind) {
    case 'half_json':
      return text.slice(0, Math.ceil(text.length / 2));
    case 'prose':
      return 'Sure! I would start by reading the code, and then I would fix the bug.';
    case 'schema_violated':
      return '{"nobody_asked_for_this":true}';
    case 'empty':
      return '';
    default:
      return text;
  }
};

/** Tokens by the rule of thumb of four characters each. */
export const tokens = (text: string): number => Math.ceil(text.length / 4);

/** A text in about `count` pieces of equal length; never splits a character. */
export const pieces = (text: string, count: number): string[] => {
  const characters = [...text];
  const size = Math.max(1, Math.ceil(characters.length / Math.max(1, count)));
  return Array.from({ length: Math.ceil(characters.length / size) }, (_, index) =>
    characters.slice(index * size, (index + 1) * size).join(''),
  );
};
