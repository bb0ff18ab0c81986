/**
 * JSON in the form of RFC 8785: no spaces, keys sorted by their UTF-16 code units, numbers and texts as ECMAScript writes them. Equal values
 * give equal texts. Undefined fields count as absent, as in `JSON.stringify`. What that RFC forbids (a number that is not finite, half of a
 * surrogate pair) is refused before an event is recorded; here it still gives one text for one value, so that a changed log can be compared.
 */
export const canonicalJson = (value: unknown): string => {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  const fields: string[] = [];
  // Default order of `sort` is that of UTF-16 code units. An object built in this order would not do: it puts keys such as "9" and "10" first, as numbers.
  for (const key of Object.keys(value).sort()) {
    const field = (value as Record<string, unknown>)[key];
    if (field !== undefined) fields.push(`${JSON.stringify(key)}:${canonicalJson(field)}`);
  }
  return `{${fields.join(',')}}`;
};
