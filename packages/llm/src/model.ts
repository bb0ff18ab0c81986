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

/** What a model thought before it asked for tools, in the words of its API. Sent back with the same turn, and read by nobody else. */
export type Thought = Readonly<Record<string, unknown>>;

/** One turn of a conversation. */
export type Message =
  | { readonly role: 'user'; readonly parts: readonly Part[] }
  | {
      readonly role: 'assistant';
      readonly parts: readonly Part[];
      readonly toolCalls?: readonly ToolCall[];
      readonly thoughts?: readonly Thought[];
    }
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
  /** Called once, right before the first byte of the request leaves. A call that ended without it has cost nothing. */
  readonly onSent?: () => void;
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

/**
 * What a provider said about one of its limits while it answered. `kind` is an open set: requests, tokens, input-tokens, output-tokens, and the
 * windows of a plan (five_hour, seven_day, …). `usedShare` is 0 to 1, or more when a window is overdrawn.
 */
export type LimitSeen = {
  readonly kind: string;
  readonly limit: number | null;
  readonly remaining: number | null;
  readonly usedShare: number | null;
  readonly resetsAt: string | null;
};

/** The good end of a call. A refusal and a full context are no good ends: they are thrown. */
export type Done = {
  readonly type: 'done';
  readonly stop: 'end' | 'max_tokens' | 'tool_use' | 'stop_sequence';
  readonly text: string;
  readonly toolCalls: readonly ToolCall[];
  /** To be sent back with the tool calls, by models that ask for it. */
  readonly thoughts?: readonly Thought[];
  /** The parsed JSON when `output` was asked for and the text is JSON. Not yet validated: see askFor. */
  readonly output?: unknown;
  readonly usage: Usage;
  readonly timing: Timing;
  /** The model's name as the server answered it. */
  readonly model: string;
  /** The scenario of a server that says it is a double; its replies are never a model's. */
  readonly double?: string;
  /** The limits that the answer told of; absent when it told of none. */
  readonly limits?: readonly LimitSeen[];
  /** The name under which the conversation can be taken up again, where the model keeps one. */
  readonly resume?: string;
};

/** How far a call is that has not begun to answer. No part of an answer: it is neither recorded nor replayed. */
export type Progress = {
  readonly type: 'progress';
  readonly phase: 'queued' | 'loading' | 'prefill';
  readonly box?: string;
};

/** What a call yields: pieces as they arrive, then exactly one `done`. */
export type Chunk =
  | { readonly type: 'text' | 'thinking'; readonly text: string }
  | { readonly type: 'tool_call'; readonly call: ToolCall }
  | Progress
  | Done;

/** Where something about a model was learnt: the provider's list, the box, hive.yaml, a trial or a recording. */
export type LearntFrom = 'api' | 'show' | 'config' | 'probe' | 'replay';

/** What a model can do, and where that was learnt. `null` is unknown. */
export type Capabilities = {
  readonly contextTokens: number | null;
  readonly maxOutput: number | null;
  readonly tools: boolean;
  readonly structured: 'native' | 'grammar' | 'prompt';
  readonly thinking: boolean;
  readonly vision: boolean;
  readonly embeddings: boolean;
  /** True when an unfinished turn of the assistant may be continued. */
  readonly prefill: boolean;
  /** True when the seed of a request has an effect. */
  readonly seed: boolean;
  readonly countExact: boolean;
  /** True when the model is in the memory of its box now; absent where there is no such thing. */
  readonly resident?: boolean;
  /** Whether the provider still stands behind the model, and until when; absent where it does not say. */
  readonly lifecycle?: { readonly state: 'active' | 'deprecated' | 'retired'; readonly retiresAt: string | null };
  /** `fields` names what was learnt elsewhere than the rest. `at` is an ISO time, `null` when that is not known. */
  readonly learnt: {
    readonly from: LearntFrom;
    readonly at: string | null;
    readonly fields?: Readonly<Partial<Record<CapabilityName, LearntFrom>>>;
  };
};
/** The name of one thing that {@link Capabilities} tell. */
export type CapabilityName = Exclude<keyof Capabilities, 'learnt'>;

/** The vectors of texts, in their order, all of one length. Vectors of different models must not be compared. */
export type Embedded = { readonly vectors: readonly (readonly number[])[]; readonly usage: Usage };

/**
 * The port to every model. A call ends in exactly one of two ways: one `done` chunk, or one thrown HiveError `model.*` whose `details`
 * carry {@link Spent}. It sends one request and never retries. A consumer that leaves the loop cancels it.
 */
export type Model = {
  readonly ref: ModelRef;
  /** Host and port that a call goes to, never a key. */
  readonly destination: string;
  call(request: ModelRequest, run: Run): AsyncIterable<Chunk>;
  capabilities(run: Run): Promise<Capabilities>;
  /** For admission and reservation, never for accounting. */
  count(request: ModelRequest, run: Run): Promise<{ readonly tokens: number; readonly exact: boolean }>;
  /** Absent where there is no way to embed. */
  embed?(texts: readonly string[], run: Run): Promise<Embedded>;
};

/**
 * What the `details` of every error of a call say. `sent` tells whether a byte of the request left: only then `usage` may be unknown;
 * before, all its counts are 0. `retryAt` (ISO) is there when the provider said when to come back; `limits` when it told of some.
 */
export type Spent = {
  readonly usage: Usage;
  readonly timing: Timing;
  readonly sent: boolean;
  readonly double?: string | undefined;
  readonly limits?: readonly LimitSeen[] | undefined;
};
