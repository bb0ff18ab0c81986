import type Anthropic from '@anthropic-ai/sdk';
import { HiveError } from '@hive/errors';
import {
  jsonIn,
  limitOutput,
  limitsOf,
  nothingSpent,
  streamBroken,
  type Chunk,
  type Clock,
  type Done,
  type LimitSeen,
  type Spent,
  type Thought,
  type Timing,
  type ToolCall,
} from '@hive/llm';
import { createUsage, type Prices } from './usage.ts';

/** See {@link createReader}. */
export type Reader = {
  readonly headers: (headers: Headers) => void;
  /** The chunk that an event stands for, if it stands for one. */
  readonly read: (event: Anthropic.RawMessageStreamEvent) => Chunk | undefined;
  /** The end of the answer. Throws when there was none, or when it is not a good one. */
  readonly end: () => { readonly toolCalls: readonly ToolCall[]; readonly done: Done };
  /** Whether the end of the answer has come. */
  readonly stopped: () => boolean;
  /** What the call has used up so far. */
  readonly spent: (sent: boolean) => Spent;
};

type Block = { readonly id: string; readonly name: string; json: string };

/** Accumulates the raw events of one answer. Partial JSON stays in here: tool calls are given out at the end, whole. */
export const createReader = ({
  clock,
  destination,
  model: asked,
  maxTokens,
  prices,
  wantsJson,
}: {
  readonly clock: Clock;
  readonly destination: string;
  readonly model: string;
  readonly maxTokens: number;
  readonly prices: Prices | undefined;
  readonly wantsJson: boolean;
}): Reader => {
  const startedAt = clock.now();
  const usage = createUsage(prices, asked);
  const tools = new Map<number, Block>();
  const thoughts = new Map<number, Anthropic.ThinkingBlock | Anthropic.RedactedThinkingBlock>();
  const limit = limitOutput(maxTokens, destination);
  let limits: readonly LimitSeen[] = [];
  let model = asked;
  let text = '';
  let stop: Anthropic.StopReason | null = null;
  let category: string | null = null;
  let stopped = false;
  let firstAt: number | undefined;
  let double: string | undefined;

  const piece = (type: 'text' | 'thinking', part: string): Chunk | undefined => {
    if (part === '') return undefined;
    limit(part);
    firstAt ??= clock.now();
    if (type === 'text') text += part;
    return { type, text: part };
  };

  const timing = (): Timing => {
    const now = clock.now();
    const { output } = usage.now(model);
    const decodeMs = firstAt === undefined ? 0 : now - firstAt;
    return {
      queuedMs: 0,
      firstTokenMs: firstAt === undefined ? null : firstAt - startedAt,
      decodeMs,
      totalMs: now - startedAt,
      ...(output !== null && decodeMs > 0 ? { tokensPerS: (output / decodeMs) * 1000 } : {}),
    };
  };

  return {
    headers: (headers) => {
      limits = limitsOf(headers);
      double = headers.get('x-hive-double') ?? undefined;
    },
    read: (event) => {
      switch (event.type) {
        case 'message_start':
          model = event.message.model;
          usage.take(event.message.usage);
          return undefined;
        case 'content_block_start':
          if (event.content_block.type === 'thinking' || event.content_block.type === 'redacted_thinking')
            thoughts.set(event.index, { ...event.content_block });
          if (event.content_block.type === 'tool_use') {
            firstAt ??= clock.now();
            tools.set(event.index, { id: event.content_block.id, name: event.content_block.name, json: '' });
          }
          return undefined;
        case 'content_block_delta': {
          const { delta } = event;
          if (delta.type === 'text_delta') return piece('text', delta.text);
          const thought = thoughts.get(event.index);
          if (delta.type === 'signature_delta' && thought?.type === 'thinking') thought.signature += delta.signature;
          if (delta.type === 'thinking_delta') {
            if (thought?.type === 'thinking') thought.thinking += delta.thinking;
            return piece('thinking', delta.thinking);
          }
          const tool = tools.get(event.index);
          if (delta.type !== 'input_json_delta' || !tool) return undefined;
          limit(delta.partial_json);
          tool.json += delta.partial_json;
          return undefined;
        }
        case 'message_delta':
          stop = event.delta.stop_reason ?? stop;
          category = event.delta.stop_details?.category ?? category;
          usage.take(event.usage);
          return undefined;
        case 'message_stop':
          stopped = true;
          return undefined;
        default:
          // content_block_stop, and whatever the API learns to say later.
          return undefined;
      }
    },
    end: () => {
      if (!stopped) throw streamBroken(destination);
      const good = goodStop(stop, category);
      const toolCalls = [...tools.values()].map((tool) => toolCallOf(tool, { stop: good, maxTokens }));
      const output = wantsJson ? jsonIn(text) : undefined;
      const done: Done = {
        type: 'done',
        stop: good,
        text,
        toolCalls,
        // Without them the API refuses the turn that brings the results.
        ...(toolCalls.length > 0 && thoughts.size > 0 ? { thoughts: [...thoughts.values()].map(asData) } : {}),
        ...(output === undefined ? {} : { output }),
        usage: usage.now(model),
        timing: timing(),
        model,
        ...(double === undefined ? {} : { double }),
        ...(limits.length === 0 ? {} : { limits }),
      };
      return { toolCalls, done };
    },
    stopped: () => stopped,
    spent: (sent) => ({ usage: sent ? usage.now(model) : nothingSpent, timing: timing(), sent, double, limits }),
  };
};

const asData = (block: object): Thought => ({ ...block });

const goodStop = (stop: Anthropic.StopReason | null, category: string | null): Done['stop'] => {
  switch (stop) {
    case 'end_turn':
    case 'stop_sequence':
    case 'tool_use':
    case 'max_tokens':
      return stop === 'end_turn' ? 'end' : stop;
    case 'refusal':
      throw new HiveError('model.refused', 'The model refused to answer this request', { details: { category } });
    case 'model_context_window_exceeded':
      throw new HiveError(
        'model.context_full',
        'The request and its answer do not fit into the context of the model; split the task',
      );
    default:
      throw new HiveError(
        'model.bad_request',
        `The model stopped with "${stop ?? 'no reason'}", which nothing here had asked for`,
      );
  }
};

const toolCallOf = (
  { id, name, json }: Block,
  { stop, maxTokens }: { readonly stop: Done['stop']; readonly maxTokens: number },
): ToolCall => {
  const input = json === '' ? {} : jsonIn(json);
  if (input !== null && typeof input === 'object' && !Array.isArray(input))
    return { id, name, input: input as ToolCall['input'] };
  if (stop === 'max_tokens')
    throw new HiveError('model.truncated', `The call of tool ${name} was cut off at the token limit`, {
      remedy: 'retry',
      details: { maxTokens },
    });
  throw new HiveError('model.bad_output', `The arguments of tool ${name} are not a JSON object`, {
    remedy: 'retry',
    where: 'other',
  });
};
