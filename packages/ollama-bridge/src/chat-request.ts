import type { ChatRequest, Message as ChatMessage, Tool as ChatTool } from 'ollama';
import { HiveError } from '@hive/errors';
import { estimateTokens, type Message, type ModelRequest, type Part } from '@hive/llm';
import { grammarSchema } from './grammar-schema.ts';

/**
 * The request in Ollama's words. Every call of a model says the same `num_ctx`, because another one reloads the model.
 * Throws `model.context_full` before anything is sent when the prompt would be cut, which Ollama does silently and from the front.
 */
export const chatRequest = (
  request: ModelRequest,
  { model, numCtx }: { readonly model: string; readonly numCtx: number },
): ChatRequest & { stream: true } => {
  const { temperature, seed, thinking } = request;
  return {
    model,
    stream: true,
    messages: [
      ...(request.system.length > 0 ? [{ role: 'system', content: textOf(request.system) }] : []),
      ...request.messages.map(messageOf),
    ],
    ...(request.tools && request.toolChoice !== 'none' ? { tools: request.tools.map(toolOf) } : {}),
    ...(request.output ? { format: grammarSchema(request.output.schema) } : {}),
    ...(thinking === undefined ? {} : { think: thinking === 'auto' }),
    keep_alive: keepAlive,
    options: {
      num_ctx: numCtx,
      num_predict: roomFor(request, numCtx),
      ...(temperature === undefined ? {} : { temperature }),
      ...(seed === undefined ? {} : { seed }),
    },
  };
};

/** Between two calls of a workflow a model stays where it is. */
export const keepAlive = '10m';

/** The estimate may be off by this much; see `model.context_full` after the answer for the rest. */
const margin = 1.15;

const roomFor = (request: ModelRequest, numCtx: number): number => {
  const prompt = Math.ceil(estimateTokens(request) * margin);
  if (prompt < numCtx) return Math.min(request.maxTokens, numCtx - prompt);
  throw new HiveError(
    'model.context_full',
    `The prompt has about ${prompt} tokens and the context ${numCtx}; split the task or raise num_ctx`,
    {
      details: { prompt, numCtx },
    },
  );
};

const textOf = (parts: readonly Part[]): string => parts.map((part) => part.text).join('\n');

const messageOf = (message: Message): ChatMessage => {
  const content = textOf(message.parts);
  if (message.role === 'user') return { role: 'user', content };
  if (message.role === 'tool') return { role: 'tool', content, tool_name: message.name };
  const calls = (message.toolCalls ?? []).map(({ name, input }) => ({ function: { name, arguments: { ...input } } }));
  return { role: 'assistant', content, ...(calls.length > 0 ? { tool_calls: calls } : {}) };
};

const toolOf = ({ name, description, schema }: NonNullable<ModelRequest['tools']>[number]): ChatTool => ({
  type: 'function',
  function: { name, description, parameters: { type: 'object', ...schema } },
});
