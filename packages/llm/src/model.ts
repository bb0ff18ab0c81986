import type { ModelRef } from './model-ref.ts';

/** A JSON Schema as plain data. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** A piece of a prompt. `from` says which file it is of; `cacheBreak` ends a prefix that is worth caching. */
export type Part = {
  readonly text: string;
  readonly from?: { readonly repo: string; readonly path: string };
  readonly cacheBreak?: true;
};

/** A tool that the model may ask for. */
export type Tool = { readonly name: string; readonly description: string; readonly schema: JsonSchema };

/** A complete request of the model to run a tool; `input` is a parsed JSON object. */
export type ToolCall = {
  readonly id: string;
  readonly name: string;
  readonly input: Readonly<Record<string, unknown>>;
};

/** One turn of a conversation. */
export type Message =
  | { readonly role: 'user'; readonly parts: readonly Part[] }
  | { readonly role: 'assistant'; readonly parts: readonly Part[]; readonly toolCalls?: readonly ToolCall[] }
  | {
      readonly role: 'tool';
      readonly callId: string;
      readonly name: string;
      readonly parts: readonly Part[];
      readonly isError?: true;
    };

/** What is asked, without any word about where. Its key (see requestKey) depends on nothing else. */
export type ModelRequest = {
  readonly system: readonly Part[];
  readonly messages: readonly Message[];
  readonly tools?: readonly Tool[];
  readonly toolChoice?: 'auto' | 'none' | { readonly name: string };
  readonly output?: { readonly name: string; readonly schema: JsonSchema };
  readonly maxTokens: number;
  readonly temperature?: number;
  readonly seed?: number;
  readonly effort?: 'low' | 'medium' | 'high';
  readonly thinking?: 'off' | 'auto';
  readonly cache?: 'none' | 'short' | 'long';
};

/** How long one call may take and who may end it. `deadline` is absolute; `idleMs` starts again with every received byte. */
export type Run = {
  readonly signal: AbortSignal;
  readonly deadline: Date;
  readonly idleMs: number;
  readonly correlationId: string;
  readonly callId: string;
};

/** Tokens as the server counted them; `null` is unknown, which is not 0. `input` excludes what was read from or written to a cache. */
export type Usage = {
  readonly input: number | null;
  readonly cacheRead: number | null;
  readonly cacheWrite: number | null;
  readonly output: number | null;
  readonly thinking?: number;
  readonly costUsd?: number;
  readonly costBasis: 'list' | 'local' | 'plan' | 'replay' | 'unknown';
  readonly source: 'live' | 'cache' | 'replay';
};

/** Where the time of a call went, in milliseconds. */
export type Timing = {
  readonly queuedMs: number;
  readonly loadMs?: number;
  readonly firstTokenMs: number | null;
  readonly prefillMs?: number;
  readonly decodeMs: number;
  readonly totalMs: number;
  readonly tokensPerS?: number;
};

/** The good end of a call. A refusal and a full context are no good ends: they are thrown. */
export type Done = {
  readonly type: 'done';
  readonly stop: 'end' | 'max_tokens' | 'tool_use' | 'stop_sequence';
  readonly text: string;
  readonly toolCalls: readonly ToolCall[];
  /** The parsed JSON when `output` was asked for and the text is JSON. Not yet validated: see askFor. */
  readonly output?: unknown;
  readonly usage: Usage;
  readonly timing: Timing;
  /** The model's name as the server answered it. */
  readonly model: string;
  /** The scenario of a server that says it is a double; its replies are never a model's. */
  readonly double?: string;
};

/** What a call yields: pieces as they arrive, then exactly one `done`. */
export type Chunk =
  | { readonly type: 'text' | 'thinking'; readonly text: string }
  | { readonly type: 'tool_call'; readonly call: ToolCall }
  | Done;

/** What a model can do, and where that was learnt. `null` is unknown. */
export type Capabilities = {
  readonly contextTokens: number | null;
  readonly maxOutput: number | null;
  readonly tools: boolean;
  readonly structured: 'native' | 'grammar' | 'prompt';
  readonly thinking: boolean;
  readonly vision: boolean;
  readonly countExact: boolean;
  readonly learnt: { readonly from: 'api' | 'show' | 'config' | 'replay'; readonly at: string | null };
};

/**
 * The port to every model. A call ends in exactly one of two ways: one `done` chunk, or one thrown HiveError `model.*` whose `details`
 * carry `usage` and `timing` as far as they are known. It sends one request and never retries. A consumer that leaves the loop cancels it.
 */
export type Model = {
  readonly ref: ModelRef;
  /** Host and port that a call goes to, never a key. */
  readonly destination: string;
  call(request: ModelRequest, run: Run): AsyncIterable<Chunk>;
  capabilities(run: Run): Promise<Capabilities>;
  /** For admission and reservation, never for accounting. */
  count(request: ModelRequest, run: Run): Promise<{ readonly tokens: number; readonly exact: boolean }>;
};
