import type { Message, ModelRequest, Part } from './model.ts';

/** JSON with sorted keys and without undefined members (RFC 8785 for the plain data that prompts are made of). */
export const canonicalJson = (value: unknown): string => {
  if (Array.isArray(value)) return `[${value.map((item) => canonicalJson(item ?? null)).join(',')}]`;
  if (value === null || typeof value !== 'object') return JSON.stringify(value) ?? 'null';
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, member]) => `${JSON.stringify(key)}:${canonicalJson(member)}`);
  return `{${members.join(',')}}`;
};

const textOf = (parts: readonly Part[]) => parts.map((part) => part.text);
const said = ({ parts, ...rest }: Message) => ({ ...rest, parts: textOf(parts) });

/** What decides about an answer, as plain data. Where it is asked, when, by whom and how it is cached is left out. */
export const keyMaterial = (request: ModelRequest, model: string): Readonly<Record<string, unknown>> => {
  const { system, messages, cache: _cache, ...rest } = request;
  return { v: 1, model, system: textOf(system), messages: messages.map(said), ...rest };
};

/**
 * The key of a request: equal questions to the same model have equal keys. `model` is a name or digest without a box;
 * `sha256` gives lower-case hex and is passed in because this package runs anywhere.
 */
export const requestKey = (
  request: ModelRequest,
  { model, sha256 }: { readonly model: string; readonly sha256: (text: string) => string },
): string => sha256(canonicalJson(keyMaterial(request, model)));
