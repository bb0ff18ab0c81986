import type Anthropic from '@anthropic-ai/sdk';
import { transformJSONSchema } from '@anthropic-ai/sdk/lib/transform-json-schema';
import type { Message, ModelRequest, Part } from '@hive/llm';

/**
 * The request in the words of the Messages API, always streamed. `temperature` and `seed` have no place in this API and are not sent.
 * Ranges, lengths and patterns of a schema move into its descriptions, because the API's grammar does not know them.
 */
export const messageParams = (request: ModelRequest, model: string): Anthropic.MessageCreateParamsStreaming => ({
  ...countParams(request, model),
  max_tokens: request.maxTokens,
  stream: true,
});

/** What both a call and a count of its tokens say. */
export const countParams = (request: ModelRequest, model: string) => {
  const cached = blocksWith(request.cache);
  return {
    model,
    ...(request.system.length > 0 ? { system: cached(request.system) } : {}),
    messages: mergeResults(request.messages).map((message) => turn(message, cached)),
    ...(request.tools ? { tools: request.tools.map(toolOf) } : {}),
    ...(request.toolChoice === undefined ? {} : { tool_choice: choiceOf(request.toolChoice) }),
    ...(request.thinking === undefined
      ? {}
      : { thinking: { type: request.thinking === 'off' ? 'disabled' : 'adaptive' } as const }),
    ...outputOf(request),
  };
};

const outputOf = ({ output, effort }: ModelRequest): { output_config?: Anthropic.OutputConfig } =>
  output === undefined && effort === undefined
    ? {}
    : {
        output_config: {
          ...(effort === undefined ? {} : { effort }),
          ...(output === undefined
            ? {}
            : { format: { type: 'json_schema', schema: transformJSONSchema(output.schema) } }),
        },
      };

type Blocks = (parts: readonly Part[]) => Anthropic.TextBlockParam[];

const blocksWith =
  (cache: ModelRequest['cache']): Blocks =>
  (parts) =>
    parts.map(({ text, cacheBreak }) => ({
      type: 'text',
      text,
      ...(cacheBreak && cache && cache !== 'none'
        ? { cache_control: { type: 'ephemeral', ttl: cache === 'long' ? '1h' : '5m' } }
        : {}),
    }));

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
  return { role: 'assistant', content: [...cached(message.parts.filter((part) => part.text !== '')), ...calls] };
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
