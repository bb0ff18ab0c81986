/** What was made here: it is plain and never changes, so it need not be copied again. */
const known = new WeakSet();

/**
 * A value as a database would give it back: plain JSON, cut off from the given one, and never changed again. Parts that were read from a memory
 * before are taken over as they are.
 */
export const plain = <T>(value: T): T => copyOf(value ?? null) as T; // JSON has the shape of what it was made of

const copyOf = (value: unknown): unknown => {
  if (typeof value === 'number') return Number.isFinite(value) ? value || 0 : null; // JSON knows no -0
  if (typeof value !== 'object' || value === null || known.has(value)) return value;
  if ('toJSON' in value) return copyOf(JSON.parse(JSON.stringify(value)));
  const copy = Array.isArray(value) ? value.map((it) => copyOf(it ?? null)) : copyOfFields(value);
  known.add(Object.freeze(copy));
  return copy;
};

const copyOfFields = (value: object): object => {
  const copy: Record<string, unknown> = {};
  for (const [key, field] of Object.entries(value)) {
    if (field === undefined) continue;
    if (key === '__proto__') Object.defineProperty(copy, key, { value: copyOf(field), enumerable: true });
    else copy[key] = copyOf(field);
  }
  return copy;
};
