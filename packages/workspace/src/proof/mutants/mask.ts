import type { Language, Quote } from './language.ts';

/** Stands for a character of a string. */
export const inString = '\u0001';

/** The text with its comments as spaces and what is in strings as {@link inString}: as long as before, line by line, and the quotes stay. */
export const mask = (text: string, language: Language): string => {
  let out = '';
  let at = 0;
  /** Ends of here documents that begin after this line. */
  let awaited: string[] = [];
  const blank = (until: number, by: string) => {
    out += text.slice(at, until).replace(/[^\n]/g, by);
    at = until;
  };
  while (at < text.length) {
    const heredoc = language.heredocs ? matchAt(/<<[-~]?(['"]?)([A-Z_]\w*)\1/y, text, at) : null;
    if (heredoc?.[2] !== undefined) {
      awaited.push(heredoc[2]);
      out += heredoc[0];
      at += heredoc[0].length;
      continue;
    }
    if (text[at] === '\n') {
      out += text[at++];
      for (const end of awaited) blank(endOfHeredoc(text, at, end), inString);
      awaited = [];
      continue;
    }
    if (isComment(text, at, language)) {
      blank(endOf(text, '\n', at), ' ');
      continue;
    }
    if (language.block && text.startsWith(language.block[0], at)) {
      const end = text.indexOf(language.block[1], at + 2);
      blank(end < 0 ? text.length : end + language.block[1].length, ' ');
      continue;
    }
    const ended = endOfQuoted(text, at, language);
    if (ended) {
      out += text.slice(at, at + ended.mark);
      at += ended.mark;
      blank(ended.inner, inString);
      out += text.slice(at, ended.end);
      at = ended.end;
      continue;
    }
    out += text[at++];
  }
  return out;
};

const matchAt = (pattern: RegExp, text: string, at: number): RegExpExecArray | null => {
  pattern.lastIndex = at;
  return pattern.exec(text);
};

const endOf = (text: string, mark: string, from: number): number => {
  const found = text.indexOf(mark, from);
  return found < 0 ? text.length : found;
};

const isComment = (text: string, at: number, { comments, family }: Language): boolean =>
  comments.some((start) => text.startsWith(start, at)) &&
  // In a shell only at the beginning of a word: $#, ${#x} and a#b are none.
  (family !== 'shell' || at === 0 || /[\s;(]/.test(text[at - 1] ?? ''));

const endOfHeredoc = (text: string, from: number, end: string): number => {
  let line = from;
  while (line < text.length) {
    const next = endOf(text, '\n', line);
    if (text.slice(line, next).trim() === end) return line;
    line = next + 1;
  }
  return text.length;
};

/** Where a string or a regular expression that begins here ends: the length of its mark, the end of its inside, its end. */
const endOfQuoted = (text: string, at: number, language: Language) => {
  const raw = language.family === 'typed' ? matchAt(/r(#*)"/y, text, at) : null;
  if (raw && !/\w/.test(text[at - 1] ?? '')) {
    const inner = endOf(text, `"${raw[1] ?? ''}`, at + raw[0].length);
    return { mark: raw[0].length, inner, end: Math.min(text.length, inner + raw[0].length - 1) };
  }
  const quote = language.quotes.find(({ mark }) => text.startsWith(mark, at));
  if (quote) return quote.char ? endOfChar(text, at) : endOfString(text, at, quote);
  if (language.slashRegExp && text[at] === '/' && mayBeRegExp(text.slice(Math.max(0, at - 20), at)))
    return endOfString(text, at, { mark: '/' });
  return null;
};

/** A character; else a lifetime, say, of which nothing is hidden. */
const endOfChar = (text: string, at: number) => {
  const found = matchAt(/'(?:\\[^\n]{1,9}?|[^\\'\n])'/y, text, at);
  return found && { mark: 1, inner: at + found[0].length - 1, end: at + found[0].length };
};

const endOfString = (text: string, at: number, { mark, raw, lines }: Quote) => {
  let inner = at + mark.length;
  while (inner < text.length && !text.startsWith(mark, inner)) {
    if (text[inner] === '\n' && !lines) return null;
    inner += text[inner] === '\\' && !raw ? 2 : 1;
  }
  if (inner >= text.length) return null;
  return { mark: mark.length, inner, end: inner + mark.length };
};

const mayBeRegExp = (before: string): boolean =>
  /(?:^|[(,=:[!&|?{};+\n]|\b(?:return|if|unless|when|and|or))\s*$/.test(before);
