import type { ToolCall } from '@hive/llm';

/**
 * The calls that a model wrote as text instead of making them, as small models do: one JSON object or a list of them with `name` and `arguments`, alone,
 * in a fence, or in `<tool_call>` tags. Empty for anything else, so that prose stays prose.
 */
export const callsInText = (text: string): readonly Omit<ToolCall, 'id'>[] => {
  const tagged = [...text.matchAll(/<tool_call>([^]*?)<\/tool_call>/g)].map(([, inner = '']) => inner);
  const fenced = /^[^{[]*?```(?:json)?\n([^]*?)\n```\s*$/.exec(text)?.[1];
  const calls = (tagged.length > 0 ? tagged : [fenced ?? text]).map(read);
  return calls.includes(null) ? [] : calls.flatMap((some) => some ?? []);
};

const read = (json: string): readonly Omit<ToolCall, 'id'>[] | null => {
  let parsed: unknown;
  try {
    parsed = JSON.parse(json);
  } catch {
    return null;
  }
  const calls = (Array.isArray(parsed) ? parsed : [parsed]).map(callOf);
  return calls.includes(null) ? null : calls.filter((call) => call !== null);
};

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const callOf = (value: unknown): Omit<ToolCall, 'id'> | null => {
  if (!isRecord(value)) return null;
  const input = value['arguments'] ?? value['parameters'] ?? value['input'];
  return typeof value['name'] === 'string' && isRecord(input) ? { name: value['name'], input } : null;
};
