/** JSON with sorted keys: equal values give equal texts. Undefined fields count as absent, as in `JSON.stringify`. */
export const canonicalJson = (value: unknown): string =>
  JSON.stringify(value, (_key, it: unknown) =>
    typeof it === 'object' && it !== null && !Array.isArray(it)
      ? Object.fromEntries(Object.entries(it).sort(([a], [b]) => (a < b ? -1 : 1)))
      : it,
  );
