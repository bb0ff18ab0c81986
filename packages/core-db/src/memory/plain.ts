/** A value as a database would give it back: plain JSON, cut off from the given one, and never changed again. */
export const plain = <T>(value: T): T => frozen(JSON.parse(JSON.stringify(value ?? null))) as T; // JSON has the shape of what it was made of

const frozen = (value: unknown): unknown => {
  if (typeof value !== 'object' || value === null) return value;
  for (const part of Object.values(value)) frozen(part);
  return Object.freeze(value);
};
