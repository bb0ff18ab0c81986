import { posix } from 'node:path';
import type { Price } from '@hive/config';
import type { ModelRef, ModelRequest, Part, ToolCall } from '@hive/llm';

/** Fewer bytes for a token than any of the usual tokenizers takes for code. */
const bytesPerToken = 3;
/** What a message costs besides its text. */
const perMessage = 8;

/** What a model asked a tool to do is text of the file that it was about: it may quote it. */
const inputOf = ({ input }: ToolCall): Part => ({
  text: JSON.stringify(input),
  ...(isInside(input['path']) && { from: { repo: '', path: input['path'] } }),
});

/** What leaves the repository names no file of it: a tool refused it, and nothing of there is in the text. */
const isInside = (path: unknown): path is string =>
  typeof path === 'string' && !/^(?:\/|\.\.(?:\/|$))/.test(posix.normalize(path.replaceAll('\\', '/')));

/** All texts that a request carries away, whoever wrote them. */
export const textsOf = ({ system, messages, tools, output }: ModelRequest): readonly Part[] => [
  ...system,
  ...messages.flatMap((message): readonly Part[] => [
    ...message.parts,
    ...(message.role === 'assistant' ? (message.toolCalls ?? []).map(inputOf) : []),
  ]),
  ...(tools ?? []).map((tool) => ({ text: JSON.stringify(tool) })),
  ...(output ? [{ text: JSON.stringify(output) }] : []),
];

/** The size of the texts of a request. */
export const bytesOf = (request: ModelRequest): number =>
  textsOf(request).reduce((sum, { text }) => sum + Buffer.byteLength(text), 0);

/** The most that a call may take: what is reserved for it, and charged where nobody tells what it took. `usd` is null where no price is known. */
export type Estimate = { readonly tokens: number; readonly usd: number | null };

/** The estimate of a call. What a box does costs nothing. */
export const estimateOf = (
  request: ModelRequest,
  ref: Pick<ModelRef, 'provider' | 'model'>,
  prices: Readonly<Record<string, Price>>,
): Estimate => {
  const input = Math.ceil(bytesOf(request) / bytesPerToken) + perMessage * (request.messages.length + 1);
  const price = prices[`${ref.provider}:${ref.model}`];
  const usd = price ? (input * price.input + request.maxTokens * price.output) / 1_000_000 : null;
  return { tokens: input + request.maxTokens, usd: ref.provider === 'ollama' ? 0 : usd };
};
