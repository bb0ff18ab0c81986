/** One call of a tool, as a model asked for it. */
export type ToolUse = { readonly name: string; readonly about: string };

/** What a model answered in one turn. */
export type Reply = { readonly text: string; readonly calls: readonly ToolUse[] };

const longest = 300;

/** The part of the input that says what a call is about: where, or what for. */
const aboutOf = (input: unknown): string => {
  if (typeof input !== 'object' || input === null) return '';
  const fields = input as Readonly<Record<string, unknown>>;
  const parts = ['path', 'pattern', 'name', 'summary', 'question', 'from', 'to'].flatMap((key) => {
    const value = fields[key];
    if (typeof value === 'number') return [`${key} ${value}`];
    return typeof value === 'string' && value !== '' ? [value] : [];
  });
  return parts.join(' ').slice(0, longest);
};

/** The reply artefact of a call. It was written by a model's server: whatever is not as expected is left out, and no reply at all is null. */
export const replyOf = (json: string): Reply | null => {
  try {
    const { text, toolCalls } = (JSON.parse(json) ?? {}) as { readonly text?: unknown; readonly toolCalls?: unknown };
    const calls = (Array.isArray(toolCalls) ? toolCalls : []).flatMap((call: unknown): ToolUse[] => {
      const { name, input } = (call ?? {}) as { readonly name?: unknown; readonly input?: unknown };
      return typeof name === 'string' ? [{ name: name.slice(0, longest), about: aboutOf(input) }] : [];
    });
    return { text: typeof text === 'string' ? text : '', calls };
  } catch {
    return null;
  }
};
