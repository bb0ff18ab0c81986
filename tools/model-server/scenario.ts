import { readFileSync } from 'node:fs';

/** What a double answers. A rule matches on model, text of the prompt and how often it has matched; the first that fits wins. */
export type Scenario = {
  /** Sent as `x-hive-double`, so that nobody takes an answer for a model's. */
  readonly name: string;
  /** Asked for by both APIs; any model is known when this is left out. */
  readonly models?: readonly ScenarioModel[];
  /** Anthropic requests must carry this key; any key will do when it is left out. */
  readonly apiKey?: string;
  readonly rules: readonly Rule[];
};

/** A model that the double lists. `size` in bytes. */
export type ScenarioModel = {
  readonly name: string;
  readonly size?: number;
  readonly contextTokens?: number;
  readonly capabilities?: readonly string[];
};

/** One rule. `model` may end in `*`; `call` is 1 for the first request that fits the rest of the rule. */
export type Rule = {
  readonly model?: string;
  readonly contains?: string;
  readonly call?: number;
  readonly reply?: Reply;
  readonly fault?: Fault;
};

/** A good answer, in words that fit both protocols. `usage: null` leaves the counts out. */
export type Reply = {
  readonly text?: string;
  readonly json?: unknown;
  readonly thinking?: string;
  readonly toolCalls?: readonly { readonly name: string; readonly input?: unknown; readonly raw?: string }[];
  readonly chunks?: number;
  readonly stop?: 'end' | 'max_tokens' | 'tool_use' | 'stop_sequence' | 'refusal' | 'context_full';
  readonly model?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly usage?: {
    readonly input?: number;
    readonly output?: number;
    readonly cacheRead?: number;
    readonly cacheWrite?: number;
  } | null;
};

/** What goes wrong. `after` counts pieces of the answer that still arrive. */
export type Fault =
  | {
      readonly kind: 'status';
      readonly status: number;
      readonly body?: unknown;
      readonly headers?: Readonly<Record<string, string>>;
    }
  | { readonly kind: 'refuse' }
  | { readonly kind: 'hang'; readonly after?: number }
  | { readonly kind: 'slow'; readonly ms: number; readonly at?: 'headers' | 'first_token' }
  | { readonly kind: 'cut' | 'reset' | 'invalid_line' | 'half_line' | 'unknown_event'; readonly after?: number }
  | { readonly kind: 'stream_error'; readonly after?: number; readonly type?: string; readonly message?: string }
  | { readonly kind: 'drip' | 'half_json' | 'prose' | 'empty' };

const faults = [
  'status',
  'refuse',
  'hang',
  'slow',
  'cut',
  'reset',
  'invalid_line',
  'half_line',
  'unknown_event',
  'stream_error',
  'drip',
  'half_json',
  'prose',
  'empty',
];
const known = {
  scenario: ['name', 'models', 'apiKey', 'rules'],
  rule: ['model', 'contains', 'call', 'reply', 'fault'],
  reply: ['text', 'json', 'thinking', 'toolCalls', 'chunks', 'stop', 'model', 'headers', 'usage'],
};

/** Reads a scenario from plain data. Throws a sentence that names the rule and the key. */
export const parseScenario = (data: unknown): Scenario => {
  const scenario = record(data, 'The scenario', known.scenario);
  if (typeof scenario['name'] !== 'string' || !/^[\w.-]+$/.test(scenario['name']))
    throw new Error('The scenario needs a name of letters, digits, dot, dash or underscore');
  if (!Array.isArray(scenario['rules'])) throw new Error('The scenario needs a list of rules');
  scenario['rules'].forEach((item: unknown, index) => {
    const rule = record(item, `Rule ${index + 1}`, known.rule);
    if (rule['reply'] === undefined && rule['fault'] === undefined)
      throw new Error(`Rule ${index + 1} has neither a reply nor a fault`);
    if (rule['reply'] !== undefined) record(rule['reply'], `The reply of rule ${index + 1}`, known.reply);
    const kind =
      rule['fault'] === undefined ? undefined : record(rule['fault'], `The fault of rule ${index + 1}`)['kind'];
    if (kind !== undefined && !faults.includes(String(kind)))
      throw new Error(`Rule ${index + 1} has the unknown fault ${String(kind)}; known are ${faults.join(', ')}`);
  });
  // Every part that the server relies on was looked at above.
  return data as Scenario;
};

/** Reads a scenario file (JSON). */
export const readScenario = (file: string): Scenario => parseScenario(JSON.parse(readFileSync(file, 'utf8')));

const record = (value: unknown, what: string, keys?: readonly string[]): Record<string, unknown> => {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) throw new Error(`${what} must be an object`);
  const unknown = Object.keys(value).find((key) => keys && !keys.includes(key));
  if (unknown !== undefined) throw new Error(`${what} has the unknown key ${unknown}; known are ${keys?.join(', ')}`);
  return value as Record<string, unknown>;
};

/** Chooses the rule for each request; counts matches, so the same requests in the same order get the same rules. */
export const createChooser = (
  rules: readonly Rule[],
): ((request: { model: string; prompt: string }) => Rule | undefined) => {
  const counts = new Map<Rule, number>();
  return ({ model, prompt }) => {
    const fitting = rules.filter(
      (rule) => fits(rule.model, model) && (rule.contains === undefined || prompt.includes(rule.contains)),
    );
    for (const rule of fitting) counts.set(rule, (counts.get(rule) ?? 0) + 1);
    return fitting.find((rule) => rule.call === undefined || rule.call === counts.get(rule));
  };
};

const fits = (pattern: string | undefined, model: string): boolean =>
  pattern === undefined ||
  (pattern.endsWith('*') ? model.startsWith(pattern.slice(0, -1)) : plainName(pattern) === plainName(model));

/** Ollama's `name` and `name:latest` are the same model. */
export const plainName = (model: string): string => model.replace(/:latest$/, '');
