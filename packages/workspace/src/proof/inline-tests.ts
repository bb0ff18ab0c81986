import { languageOf } from './mutants/language.ts';
import { mask } from './mutants/mask.ts';

/** From its first character to behind its last one. */
type Range = readonly [from: number, to: number];

const opening = new Set(['(', '[', '{']);
const closing = new Set([')', ']', '}']);
const underTest = /#\[\s*cfg\s*\(\s*(?:test\s*\)|(?:all|any)\s*\(\s*test\b)/y;
const toSemicolon = /(?:pub\s*(?:\([^)]*\)\s*)?)?(?:use|static|type|const(?!\s+(?:fn|async|unsafe|extern)))\b/y;

/** Longer files, in bytes, have no tests among their code, as far as Hive looks. */
export const longestInline = 1_000_000;

/** True for a file of a language that keeps its tests among the code, which no glob can tell. */
export const mayHoldTests = (path: string): boolean => path.endsWith('.rs');

/**
 * Where a Rust file keeps tests among its code: the items at its top level that are compiled for tests alone (`#[cfg(test)]`), with all their
 * attributes. What is at the top level is told by counting brackets outside of comments and strings; a text whose brackets do not fit has none.
 */
export const inlineTests = (path: string, text: string): readonly Range[] => {
  const language = languageOf(path);
  if (!mayHoldTests(path) || !language || !text.includes('cfg')) return [];
  const code = mask(text, language);
  const found: Range[] = [];
  let begun: number | null = null; // where the attributes of an item begin
  for (let at = 0; at < code.length; at++) {
    if (/\s/.test(code[at] ?? '')) continue;
    if (!code.startsWith('#[', at)) {
      begun = null;
      at = endOfItem(code, at) - 1;
      continue;
    }
    begun ??= at;
    underTest.lastIndex = at;
    if (underTest.test(code)) {
      const end = endOfItem(code, endOfAttributes(code, at));
      found.push([withDocs(text, begun), end]);
      begun = null;
      at = end - 1;
    } else at = endOfBrackets(code, at + 1) - 1;
  }
  return found;
};

/** An item ends with its semicolon or its braces, whichever comes first; one that may hold braces before its end with its semicolon. */
const endOfItem = (code: string, from: number): number => {
  toSemicolon.lastIndex = from;
  const hasBraces = !toSemicolon.test(code);
  for (let at = from; at < code.length; at++) {
    const char = code[at] ?? '';
    if (char === ';') return at + 1;
    if (char === '{' && hasBraces) return endOfBrackets(code, at);
    if (opening.has(char)) at = endOfBrackets(code, at) - 1;
  }
  return code.length;
};

const endOfAttributes = (code: string, from: number): number => {
  let at = from;
  for (;;) {
    while (/\s/.test(code[at] ?? '')) at += 1;
    if (!code.startsWith('#[', at)) return at;
    at = endOfBrackets(code, at + 1);
  }
};

const endOfBrackets = (code: string, from: number): number => {
  let depth = 0;
  for (let at = from; at < code.length; at++) {
    if (opening.has(code[at] ?? '')) depth += 1;
    if (closing.has(code[at] ?? '') && --depth === 0) return at + 1;
  }
  return code.length;
};

/** Where what documents an item begins. */
const withDocs = (text: string, from: number): number => {
  let begin = from;
  for (;;) {
    const line = text.lastIndexOf('\n', begin - 1) + 1;
    if (text.slice(line, begin).trim() !== '' || line === 0) return begin;
    const before = text.lastIndexOf('\n', line - 2) + 1;
    if (!text.slice(before, line).trimStart().startsWith('///')) return begin;
    begin = before;
  }
};

/** The code of the base with the tests that the head keeps among its code; null where these are as they were. */
export const withInlineTests = (path: string, base: string, head: string): string | null => {
  const testsIn = (text: string, ranges: readonly Range[]) =>
    ranges.map(([from, to]) => text.slice(from, to)).join('\n\n');
  const ofBase = inlineTests(path, base);
  const tests = testsIn(head, inlineTests(path, head));
  if (testsIn(base, ofBase) === tests) return null;
  const code = [0, ...ofBase.map(([, to]) => to)].map((from, i) => base.slice(from, ofBase[i]?.[0]));
  return `${code.join('').trimEnd()}\n\n${tests}\n`;
};
