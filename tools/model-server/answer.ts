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
  } | null;
};

/** Fills in a reply: text in pieces, ids from the number of the request, four characters a token where no usage is given. */
export const answerOf = (
  reply: Reply,
  {
    model,
    prompt,
    n,
    fault,
  }: { readonly model: string; readonly prompt: string; readonly n: number; readonly fault?: Fault | undefined },
): Answer => {
  const whole = spoilt(reply.json === undefined ? (reply.text ?? '') : JSON.stringify(reply.json), fault);
  const toolCalls = (reply.toolCalls ?? []).map(({ name, input, raw }, index) => ({
    id: `toolu_${String(n).padStart(6, '0')}${index}`,
    name,
    json: raw ?? JSON.stringify(input ?? {}),
  }));
  return {
    model: reply.model ?? model,
    text: pieces(whole, reply.chunks ?? 3),
    thinking: reply.thinking ?? '',
    toolCalls,
    stop: reply.stop ?? (toolCalls.length > 0 ? 'tool_use' : 'end'),
    usage:
      reply.usage === null
        ? null
        : {
            input: reply.usage?.input ?? tokens(prompt),
            output: reply.usage?.output ?? tokens(whole) + toolCalls.length,
            cacheRead: reply.usage?.cacheRead ?? 0,
            cacheWrite: reply.usage?.cacheWrite ?? 0,
          },
  };
};

const spoilt = (text: string, fault: Fault | undefined): string => {
  if (fault?.kind === 'half_json') return text.slice(0, Math.ceil(text.length / 2));
  if (fault?.kind === 'prose') return 'Sure! I would start by reading the code, and then I would fix the bug.';
  return fault?.kind === 'empty' ? '' : text;
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
