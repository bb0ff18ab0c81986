import type { ChatResponse, Message } from 'ollama';
import { HiveError } from '@hive/errors';
import {
  jsonIn,
  limitOutput,
  nothingSpent,
  streamBroken,
  type Chunk,
  type Clock,
  type Done,
  type Spent,
  type Timing,
  type ToolCall,
  type Usage,
} from '@hive/llm';

import type { StreamRecord } from './strict-records.ts';

/** Accumulates the records of one chat. The last one carries the counts and the durations. */
export const createReader = ({
  clock,
  destination,
  maxTokens,
  numCtx,
  wantsJson,
}: {
  readonly clock: Clock;
  readonly destination: string;
  readonly maxTokens: number;
  readonly numCtx: number;
  readonly wantsJson: boolean;
}) => {
  const startedAt = clock.now();
  const limit = limitOutput(maxTokens, destination);
  const toolCalls: ToolCall[] = [];
  let text = '';
  let last: ChatResponse | undefined;
  let firstAt: number | undefined;
  let double: string | undefined;

  const usage = (): Usage => ({
    // A prompt that is wholly in the cache of the box comes without a count: unknown, not 0.
    input: last?.prompt_eval_count ?? null,
    cacheRead: null,
    cacheWrite: null,
    output: last?.eval_count ?? null,
    costBasis: 'local',
    source: 'live',
  });
  const timing = (): Timing => {
    const now = clock.now();
    const { load_duration, prompt_eval_duration, eval_duration, eval_count } = last ?? {};
    return {
      queuedMs: 0,
      ...(load_duration === undefined ? {} : { loadMs: load_duration / nanosPerMs }),
      ...(prompt_eval_duration === undefined ? {} : { prefillMs: prompt_eval_duration / nanosPerMs }),
      firstTokenMs: firstAt === undefined ? null : firstAt - startedAt,
      decodeMs: eval_duration === undefined ? (firstAt === undefined ? 0 : now - firstAt) : eval_duration / nanosPerMs,
      totalMs: now - startedAt,
      ...(eval_count !== undefined && eval_duration ? { tokensPerS: (eval_count / eval_duration) * 1e9 } : {}),
    };
  };

  return {
    headers: (headers: Headers) => {
      double = headers.get('x-hive-double') ?? undefined;
    },
    /** The chunks that a record stands for. */
    read: (given: StreamRecord): Chunk[] => {
      // What the declarations promise may be missing; whatever is not a text or a list counts as missing.
      const record = given as unknown as ChatResponse;
      if (record.done) last = record;
      const chunks: Chunk[] = [];
      const message = record.message as Partial<Message> | null | undefined;
      const thinking = textOr(message?.thinking);
      const content = textOr(message?.content);
      limit(thinking + content);
      if (thinking) chunks.push({ type: 'thinking', text: thinking });
      if (content) {
        text += content;
        chunks.push({ type: 'text', text: content });
      }
      for (const { function: asked } of message?.tool_calls ?? []) {
        const call = toolCallOf(asked, toolCalls.length + 1);
        toolCalls.push(call);
        chunks.push({ type: 'tool_call', call });
      }
      if (chunks.length > 0) firstAt ??= clock.now();
      return chunks;
    },
    /** The end of the answer; the stream has been checked to have one. */
    end: (): Done => {
      if (!last) throw new Error('end was called before the terminal record');
      // A chat that only loads a model ends so: nothing was said to what was asked.
      if (last.done_reason === 'load' || last.done_reason === 'unload')
        throw streamBroken(destination, new Error(`the box answered with "${last.done_reason}"`));
      refuseFull(last, numCtx);
      const output = wantsJson ? jsonIn(text) : undefined;
      return {
        type: 'done',
        stop: last.done_reason === 'length' ? 'max_tokens' : toolCalls.length > 0 ? 'tool_use' : 'end',
        text,
        toolCalls,
        ...(output === undefined ? {} : { output }),
        usage: usage(),
        timing: timing(),
        model: last.model,
        ...(double === undefined ? {} : { double }),
      };
    },
    /** What the call has used up so far. */
    spent: (sent: boolean): Spent => ({
      usage: sent ? usage() : { ...nothingSpent, costBasis: 'local' },
      timing: timing(),
      sent,
      double,
    }),
  };
};

/** Ollama cuts a prompt that is too long, and ends an answer where the context ends, without a word about either. */
const refuseFull = (
  { prompt_eval_count: prompt, eval_count: said, done_reason }: ChatResponse,
  numCtx: number,
): void => {
  const ended = done_reason === 'length' && prompt + said >= numCtx - 1;
  if (!(prompt >= numCtx - 1) && !ended) return;
  throw new HiveError(
    'model.context_full',
    `The ${ended ? 'answer' : 'prompt'} filled the context of ${numCtx} tokens and was cut; split the task or raise num_ctx`,
    { details: { prompt, numCtx } },
  );
};

const nanosPerMs = 1_000_000;

const textOr = (value: unknown): string => (typeof value === 'string' ? value : '');

/** Ollama gives no ids, so the place of a call in the answer is its id. */
const toolCallOf = ({ name, arguments: input }: { name: string; arguments: unknown }, n: number): ToolCall => {
  if (input !== null && typeof input === 'object' && !Array.isArray(input))
    return { id: `call_${n}`, name, input: input as ToolCall['input'] };
  throw new HiveError('model.bad_output', `The arguments of tool ${name} are not a JSON object`, {
    remedy: 'retry',
    where: 'other',
  });
};
