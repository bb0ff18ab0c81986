import type Anthropic from '@anthropic-ai/sdk';
import { transformJSONSchema } from '@anthropic-ai/sdk/lib/transform-json-schema';
import type { Message, ModelRequest, Part } from '@hive/llm';

/** The model, and whether a schema is enforced by the server or only told in the prompt. */
export type Asking = { readonly model: string; readonly structured: 'native' | 'prompt' };

/**
 * The request in the words of the Messages API, always streamed. `temperature` and `seed` have no place in this API and are not sent.
 * Ranges, lengths and patterns of a schema move into its descriptions, because the API's grammar does not know them.
 */
export const messageParams = (request: ModelRequest, asking: Asking): Anthropic.MessageCreateParamsStreaming => ({
  ...countParams(request, asking),
  max_tokens: request.maxTokens,
  stream: true,
});

/** What both a call and a count of its tokens say. */
export const countParams = (request: ModelRequest, { model, structured }: Asking) => {
  const cached = blocksWith(request);
  const { output } = request;
  const system =
    structured === 'prompt' && output ? [...request.system, { text: toldSchema(output.schema) }] : request.system;
  return {
    model,
    ...(system.length > 0 ? { system: cached(system) } : {}),
    messages: mergeResults(request.messages).map((message) => turn(message, cached)),
    ...(request.tools ? { tools: request.tools.map(toolOf) } : {}),
    ...(request.toolChoice === undefined ? {} : { tool_choice: choiceOf(request.toolChoice) }),
    ...(request.thinking === undefined
      ? {}
      : { thinking: { type: request.thinking === 'off' ? 'disabled' : 'adaptive' } as const }),
    ...outputOf(request, structured),
    ...(isCached(request) && breaksIn(request) === 0 ? { cache_control: controlOf(request.cache) } : {}),
  };
};

const toldSchema = (schema: object): string =>
  `Answer with one JSON object and nothing else. It must match this JSON Schema:\n${JSON.stringify(schema)}`;

const outputOf = (
  { output: asked, effort }: ModelRequest,
  structured: Asking['structured'],
): { output_config?: Anthropic.OutputConfig } => {
  const output = structured === 'native' ? asked : undefined;
  return output === undefined && effort === undefined
    ? {}
    : {
        output_config: {
          ...(effort === undefined ? {} : { effort }),
          ...(output === undefined
            ? {}
            : { format: { type: 'json_schema', schema: transformJSONSchema(output.schema) } }),
        },
      };
};

type Blocks = (parts: readonly Part[]) => Anthropic.TextBlockParam[];

/** The API takes four marks in a request; of more, the last ones count, because each covers all that is before it. */
const mostBreaks = 4;

const isCached = ({ cache }: ModelRequest): boolean => cache !== undefined && cache !== 'none';
const breaksIn = ({ system, messages }: ModelRequest): number =>
  [system, ...messages.map(({ parts }) => parts)].flat().filter(({ cacheBreak }) => cacheBreak).length;
const controlOf = (cache: ModelRequest['cache']): Anthropic.CacheControlEphemeral => ({
  type: 'ephemeral',
  ttl: cache === 'long' ? '1h' : '5m',
});

const blocksWith = (request: ModelRequest): Blocks => {
  let before = isCached(request) ? breaksIn(request) : 0;
  return (parts) =>
    parts.map(({ text, cacheBreak }) => {
      const marked = cacheBreak && before > 0 && before-- <= mostBreaks;
      return { type: 'text', text, ...(marked ? { cache_control: controlOf(request.cache) } : {}) };
    });
};

/** The results of parallel tools belong into one user turn. */
const mergeResults = (messages: readonly Message[]): (Message | readonly ToolMessage[])[] => {
  const turns: (Message | ToolMessage[])[] = [];
  for (const message of messages) {
    const last = turns.at(-1);
    if (message.role !== 'tool') turns.push(message);
    else if (Array.isArray(last)) last.push(message);
    else turns.push([message]);
  }
  return turns;
};
type ToolMessage = Extract<Message, { role: 'tool' }>;

const turn = (message: Message | readonly ToolMessage[], cached: Blocks): Anthropic.MessageParam => {
  if (isResults(message)) return { role: 'user', content: message.map((result) => resultOf(result, cached)) };
  if (message.role === 'user') return { role: 'user', content: cached(message.parts) };
  if (message.role === 'tool') return { role: 'user', content: [resultOf(message, cached)] };
  const calls = (message.toolCalls ?? []).map(({ id, name, input }) => ({
    type: 'tool_use' as const,
    id,
    name,
    input,
  }));
  // What nobody but this API reads was written by it: the shape is its own.
  const thoughts = (message.thoughts ?? []) as unknown as Anthropic.ThinkingBlockParam[];
  return {
    role: 'assistant',
    content: [...thoughts, ...cached(message.parts.filter((part) => part.text !== '')), ...calls],
  };
};
const isResults = (message: Message | readonly ToolMessage[]): message is readonly ToolMessage[] =>
  Array.isArray(message);

const resultOf = (message: ToolMessage, cached: Blocks): Anthropic.ToolResultBlockParam => ({
  type: 'tool_result',
  tool_use_id: message.callId,
  content: cached(message.parts),
  ...(message.isError ? { is_error: true } : {}),
});

const toolOf = ({ name, description, schema }: NonNullable<ModelRequest['tools']>[number]): Anthropic.Tool => ({
  name,
  description,
  input_schema: { type: 'object', ...schema },
});

const choiceOf = (choice: NonNullable<ModelRequest['toolChoice']>): Anthropic.ToolChoice =>
  typeof choice === 'string' ? { type: choice } : { type: 'tool', name: choice.name };
