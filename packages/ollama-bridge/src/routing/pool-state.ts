import type { Facts } from './facts.ts';

/** A model that a box has. `name` as the box says it, with its tag; `digest` is what it is. Sizes in bytes, contexts in tokens. */
export type BoxModel = {
  readonly name: string;
  readonly digest: string;
  readonly size: number;
  /** What one token of context takes of the memory; null: the box does not say. */
  readonly bytesPerToken: number | null;
  /** The context that every call of it is sent with, in the whole pool: another one would load the model again. */
  readonly numCtx: number;
  /** What it says that it can do, e.g. `tools`; null: not known yet, which speaks against nothing. */
  readonly can: readonly string[] | null;
  /** Loading it failed for lack of memory; it is left alone until then (milliseconds since 1970). */
  readonly unfitUntil?: number;
};

/** A model in the memory of a box. */
export type LoadedModel = { readonly digest: string; readonly size: number; readonly sizeVram: number };

/**
 * One call's place on a box, as all processes see it. `waits`: it is bound for the box and not sent; `runs`: it was sent; `holds`: it has ended and
 * its agent runs a tool, so the model stays where it is until `until`. Times in milliseconds since 1970 by one clock.
 */
export type Placed = {
  readonly callId: string;
  readonly box: string;
  readonly digest: string;
  readonly state: 'waits' | 'runs' | 'holds';
  readonly promptTokens: number;
  /** Tokens that the answer is expected to have. */
  readonly outputTokens: number;
  /** When it first asked for a place. */
  readonly since: number;
  readonly startedAt?: number;
  readonly until?: number;
  /** How often its agent has held the model in a row. */
  readonly holds?: number;
  /** The beginning of its prompt, by hash. */
  readonly prefix?: string;
};

/** A box as it was seen last. */
export type BoxState = {
  readonly name: string;
  /** It answered when it was asked last. */
  readonly up: boolean;
  /** When what is told here was seen; null: never. */
  readonly seenAt: number | null;
  readonly models: readonly BoxModel[];
  readonly loaded: readonly LoadedModel[];
  /** Memory for models; null: unknown, and then everything is believed to fit. `used` is by all programs. */
  readonly memory: { readonly total: number; readonly used: number } | null;
  /** What was measured, by digest. */
  readonly facts: Readonly<Record<string, Facts>>;
  /** Its owner has it until then. */
  readonly quietUntil: number | null;
  /** Calls that are sent to it at once. */
  readonly maxInFlight: number;
  /** Beginnings of prompts that were sent there last, by hash. */
  readonly prefixes: readonly string[];
};

/** All boxes and the calls that have a place on one. */
export type PoolState = {
  readonly boxes: readonly BoxState[];
  readonly placed: readonly Placed[];
  /** When `placed` was read: what others have placed since then is not in it. */
  readonly placedAt: number;
  /** How long what was seen is as good as new, in milliseconds. */
  readonly pollMs: number;
};

/** A call that looks for a place. */
export type PoolCall = {
  readonly callId: string;
  /** Who asks, turn after turn: the id of a step or a conversation. */
  readonly turnOf: string;
  /** What is asked, e.g. the role: answers to one kind are expected to be as long as the last ones. */
  readonly kind: string;
  /** Any of these models will do; with `box` only there. Names may leave out `:latest`. */
  readonly candidates: readonly { readonly model: string; readonly box?: string }[];
  readonly promptTokens: number;
  /** Tokens that the answer is expected to have, and may have at most. */
  readonly outputTokens: number;
  readonly maxTokens: number;
  /** What the model must be able to do, e.g. `tools`. */
  readonly needs: readonly string[];
  /** The hash of the beginning of the prompt that is worth keeping, and its length. */
  readonly prefix: { readonly hash: string; readonly tokens: number } | null;
};

/** The name of a model with its tag. */
export const tagged = (name: string): string =>
  name.slice(name.lastIndexOf('/') + 1).includes(':') ? name : `${name}:latest`;
