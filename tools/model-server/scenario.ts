import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { plainName } from './plain-name.ts';

/** What a double answers. A rule matches on path, model, text of the prompt and how often it has matched; the first that fits wins. */
export type Scenario = {
  /** Sent as `x-hive-double`, so that nobody takes an answer for a model's. */
  readonly name: string;
  /** Asked for by both APIs; any model is known when this is left out. */
  readonly models?: readonly ScenarioModel[];
  /** What `/api/pull` can fetch; everything when this is left out. */
  readonly pullable?: readonly ScenarioModel[];
  /** Anthropic requests must carry this key; any key will do when it is left out. */
  readonly apiKey?: string;
  /** All waits are divided by this; 1 when left out. */
  readonly speed?: number;
  /** The memory of the box; without it every model is there at once and answers any number of calls. */
  readonly box?: BoxSpec;
  /** What Anthropic requests may use up, per key. */
  readonly limits?: Limits;
  readonly rules: readonly Rule[];
};

/** A model that the double lists. `size` in bytes. */
export type ScenarioModel = {
  readonly name: string;
  /** What it is, whatever it is called; made from the name when left out. */
  readonly digest?: string;
  readonly size?: number;
  readonly contextTokens?: number;
  readonly maxOutput?: number;
  readonly capabilities?: readonly string[];
  readonly lifecycle?: 'active' | 'deprecated' | 'retired';
  readonly retiresAt?: string;
};

/** A box: bytes of VRAM, how fast it loads, calls at once per model, how many may wait, and the context when a call names none. */
export type BoxSpec = {
  readonly vram?: number;
  readonly loadBytesPerS?: number;
  readonly kvBytesPerToken?: number;
  readonly slots?: number;
  readonly queue?: number;
  readonly numCtx?: number;
};

/** `perMinute` by the kind of the headers (requests, tokens, input-tokens, output-tokens); `plan` by window (five_hour, seven_day, …). */
export type Limits = {
  readonly perMinute?: Readonly<Record<string, number>>;
  readonly plan?: Readonly<Record<string, PlanWindow>>;
};

/** A window of a plan: so many tokens in so many seconds from its first call. */
export type PlanWindow = { readonly tokens: number; readonly seconds: number };

/** A request that asks for an answer, as rules see it. `body` is what arrived. */
export type Question = {
  readonly path: string;
  readonly model: string;
  readonly prompt: string;
  readonly body: Readonly<Record<string, unknown>>;
};

/**
 * One rule. `path` and `model` may end in `*`; a rule with a path may answer questions that ask no model, too; `prompt` is the sha256 of a whole prompt, as recordings have it; `call` is 1 for the
 * first request that fits the rest of the rule. In code a reply may be a function of the question.
 */
export type Rule = {
  readonly path?: string;
  readonly model?: string;
  readonly contains?: string;
  readonly prompt?: string;
  readonly call?: number;
  readonly reply?: Reply | ((question: Question) => Reply);
  readonly fault?: Fault;
};

/**
 * A good answer, in words that fit both protocols. `usage: null` leaves the counts out. Without text, JSON, tools or thinking, a request
 * with a schema gets the smallest value that the schema allows. `raw` is sent as it is: bytes that were recorded.
 */
export type Reply = {
  readonly text?: string;
  readonly json?: unknown;
  readonly thinking?: string;
  readonly toolCalls?: readonly { readonly name: string; readonly input?: unknown; readonly raw?: string }[];
  readonly chunks?: number;
  readonly stop?: 'end' | 'max_tokens' | 'tool_use' | 'stop_sequence' | 'refusal' | 'context_full' | 'pause';
  readonly model?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly usage?: {
    readonly input?: number;
    readonly output?: number;
    readonly cacheRead?: number;
    readonly cacheWrite?: number;
    readonly thinking?: number;
  } | null;
  /** How long the first piece and each other one takes, in milliseconds. */
  readonly pace?: { readonly firstMs?: number; readonly pieceMs?: number };
  readonly raw?: Raw;
};

/** An answer byte for byte, in the pieces in which it came; texts, or base64 where they are none. */
export type Raw = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly pieces: readonly (string | { readonly base64: string })[];
  /** How the recorded answer ended. */
  readonly cut?: true;
};

/** What goes wrong. `after` counts pieces of the answer that still arrive. Times in milliseconds. */
export type Fault =
  | {
      readonly kind: 'status';
      readonly status: number;
      readonly body?: unknown;
      readonly headers?: Readonly<Record<string, string>>;
    }
  | { readonly kind: 'refuse' }
  | { readonly kind: 'vanish'; readonly ms?: number; readonly models?: readonly ScenarioModel[] }
  | { readonly kind: 'hang'; readonly after?: number; readonly at?: 'headers' }
  | { readonly kind: 'slow'; readonly ms: number; readonly at?: 'headers' | 'first_token' }
  | { readonly kind: 'cut' | 'reset' | 'half_line'; readonly after?: number }
  | { readonly kind: 'invalid_line' | 'invalid_utf8' | 'unknown_event'; readonly after?: number }
  | { readonly kind: 'stream_error'; readonly after?: number; readonly type?: string; readonly message?: string }
  | { readonly kind: 'drip' | 'burst' | 'endless' | 'double_done' | 'trailing_garbage' }
  | { readonly kind: 'half_json' | 'prose' | 'empty' | 'schema_violated' };

/** The name of every fault. */
export const faultKinds = [
  'status',
  'refuse',
  'vanish',
  'hang',
  'slow',
  'cut',
  'reset',
  'half_line',
  'invalid_line',
  'invalid_utf8',
  'unknown_event',
  'stream_error',
  'drip',
  'burst',
  'endless',
  'double_done',
  'trailing_garbage',
  'half_json',
  'prose',
  'empty',
  'schema_violated',
] as const satisfies readonly Fault['kind'][];

const known = {
  scenario: ['name', 'models', 'pullable', 'apiKey', 'speed', 'box', 'limits', 'rules'],
  rule: ['path', 'model', 'contains', 'prompt', 'call', 'reply', 'fault'],
  reply: ['text', 'json', 'thinking', 'toolCalls', 'chunks', 'stop', 'model', 'headers', 'usage', 'pace', 'raw'],
  box: ['vram', 'loadBytesPerS', 'kvBytesPerToken', 'slots', 'queue', 'numCtx'],
  limits: ['perMinute', 'plan'],
};

/** Reads a scenario from plain data. Throws a sentence that names the rule and the key. */
export const parseScenario = (data: unknown): Scenario => {
  const scenario = record(data, 'The scenario', known.scenario);
  if (typeof scenario['name'] !== 'string' || !/^[\w.-]+$/.test(scenario['name']))
    throw new Error('The scenario needs a name of letters, digits, dot, dash or underscore');
  if (scenario['speed'] !== undefined && !(Number(scenario['speed']) > 0))
    throw new Error('The speed of the scenario must be a number above 0');
  if (scenario['box'] !== undefined) record(scenario['box'], 'The box', known.box);
  if (scenario['limits'] !== undefined) record(scenario['limits'], 'The limits', known.limits);
  if (!Array.isArray(scenario['rules'])) throw new Error('The scenario needs a list of rules');
  scenario['rules'].forEach((item: unknown, index) => {
    const rule = record(item, `Rule ${index + 1}`, known.rule);
    if (rule['reply'] === undefined && rule['fault'] === undefined)
      throw new Error(`Rule ${index + 1} has neither a reply nor a fault`);
    if (rule['reply'] !== undefined) record(rule['reply'], `The reply of rule ${index + 1}`, known.reply);
    const kind =
      rule['fault'] === undefined ? undefined : record(rule['fault'], `The fault of rule ${index + 1}`)['kind'];
    if (rule['fault'] !== undefined && !faultKinds.some((name) => name === kind))
      throw new Error(`Rule ${index + 1} has the unknown fault ${String(kind)}; known are ${faultKinds.join(', ')}`);
  });
  // Every part that the server relies on was looked at above.
  return data as Scenario;
};

/** Reads a scenario file: JSON, or JSON lines (`.jsonl`: the scenario without its rules, then a rule a line). */
export const readScenario = (file: string): Scenario => {
  const text = readFileSync(file, 'utf8');
  if (!file.endsWith('.jsonl')) return parseScenario(JSON.parse(text));
  const [head, ...rules] = text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => JSON.parse(line) as unknown);
  return parseScenario({ ...record(head ?? {}, 'The first line'), rules });
};

const record = (value: unknown, what: string, keys?: readonly string[]): Record<string, unknown> => {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) throw new Error(`${what} must be an object`);
  const unknown = Object.keys(value).find((key) => keys && !keys.includes(key));
  if (unknown !== undefined) throw new Error(`${what} has the unknown key ${unknown}; known are ${keys?.join(', ')}`);
  return value as Record<string, unknown>;
};

/** Chooses the rule for each request; counts matches, so the same requests in the same order get the same rules. */
export const createChooser = (rules: readonly Rule[]): ((question: Asked) => Rule | undefined) => {
  const counts = new Map<Rule, number>();
  return (question) => {
    const fitting = rules.filter((rule) => fits(rule, question));
    for (const rule of fitting) counts.set(rule, (counts.get(rule) ?? 0) + 1);
    return fitting.find((rule) => rule.call === undefined || rule.call === counts.get(rule));
  };
};

type Asked = Pick<Question, 'model' | 'prompt'> & Partial<Question>;

const fits = (rule: Rule, { path, model, prompt }: Asked): boolean =>
  (rule.path === undefined || isLike(rule.path, path ?? '')) &&
  (rule.model === undefined || isModel(rule.model, model)) &&
  (rule.contains === undefined || prompt.includes(rule.contains)) &&
  (rule.prompt === undefined || rule.prompt === sha256(prompt));

const isLike = (pattern: string, text: string): boolean =>
  pattern.endsWith('*') ? text.startsWith(pattern.slice(0, -1)) : pattern === text;
const isModel = (pattern: string, model: string): boolean => isLike(plainName(pattern), plainName(model));

/** How a rule of a recording names a prompt. */
export const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
