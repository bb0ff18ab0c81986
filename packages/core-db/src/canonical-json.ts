/**
 * JSON in the form of RFC 8785: no spaces, keys sorted by their UTF-16 code units, numbers and texts as ECMAScript writes them. Equal values
 * give equal texts. Undefined fields count as absent, as in `JSON.stringify`. What that RFC forbids (a number that is not finite, half of a
 * surrogate pair) is refused before an event is recorded; here it still gives one text for one value, so that a changed log can be compared.
 */
export const canonicalJson = (value: unknown): string => {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  let text = '';
  if (Array.isArray(value)) {
    for (const item of value) text += `${text === '' ? '' : ','}${canonicalJson(item)}`;
    return `[${text}]`;
  }
  for (const key of sortedKeys(value)) {
    const field = (value as Record<string, unknown>)[key];
    if (field !== undefined) text += `${text === '' ? '' : ','}${JSON.stringify(key)}:${canonicalJson(field)}`;
  }
  return `{${text}}`;
};

/**
 * In the order of UTF-16 code units, which is that of `<` and of `sort`. An object that was built in this order would not do: it puts keys
 * such as "9" and "10" first, as numbers.
 */
const sortedKeys = (value: object): string[] => {
  const keys = Object.keys(value);
  const isSorted = keys.every((key, i) => i === 0 || (keys[i - 1] ?? '') < key);
  return isSorted ? keys : keys.sort();
};
