/** Fields that hold a store's own time or place. */
const own: ReadonlySet<string> = new Set(['cursor', 'position', 'looked']);
const times: ReadonlySet<string> = new Set(['at', 'firstAt', 'lastAt', 'leaseUntil', 'runAt', 'beatAt']);

/** A rank that counts from the store's time is some 1.8e12, with steps of this size between what histories ask for. */
export const rankStep = 1e9;

/** An answer without what differs between stores of different clocks and places: of times only whether there is one. */
export const untimed = (value: unknown): unknown => {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(untimed);
  const fields = value instanceof Map ? [...value] : Object.entries(value);
  return Object.fromEntries(
    fields
      .filter(([key]) => !own.has(String(key)))
      .map(
        ([key, field]) =>
          [key, key === 'rank' ? Math.round(Number(field) / rankStep) * rankStep || field : field] as const,
      )
      .map(([key, field]) => [key, times.has(String(key)) ? field !== null : untimed(field)]),
  );
};
