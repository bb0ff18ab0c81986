const isHigh = (code: number): boolean => code >= 0xd800 && code <= 0xdbff;
const isLow = (code: number): boolean => code >= 0xdc00 && code <= 0xdfff;

/** True where a text would be cut between the two halves of one character. */
const splits = (text: string, at: number): boolean => isHigh(text.charCodeAt(at - 1)) && isLow(text.charCodeAt(at));

/** A text as every database keeps it: NUL and stray halves of characters, which no event can hold, become U+FFFD. */
export const plainText = (text: string): string => text.replaceAll('\u0000', '\ufffd').toWellFormed();

/** At most so many UTF-16 units of a text from its beginning, never half a character, as {@link plainText}. */
export const beginningOf = (text: string, most: number): string =>
  plainText(text.slice(0, splits(text, most) ? most - 1 : most));

/** {@link beginningOf}, of the end of a text. */
export const endOf = (text: string, most: number): string => {
  const from = Math.max(0, text.length - most);
  return plainText(text.slice(splits(text, from) ? from + 1 : from));
};

/** What is wrong with a text that no event can hold. */
export const notPlain = 'holds a NUL or half of a surrogate pair';

/** The place of a text that is {@link notPlain} in plain JSON; null: there is none. A key is found where its object is. */
export const findNotPlain = (value: unknown): readonly (string | number)[] | null => {
  if (typeof value === 'string') return value.includes('\u0000') || !value.isWellFormed() ? [] : null;
  if (typeof value !== 'object' || value === null) return null;
  for (const [key, inner] of Object.entries(value)) {
    if (findNotPlain(key)) return [];
    const found = findNotPlain(inner);
    if (found) return [Array.isArray(value) ? Number(key) : key, ...found];
  }
  return null;
};
