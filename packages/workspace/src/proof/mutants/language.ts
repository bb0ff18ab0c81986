import { extname } from 'node:path';

/** What has to be known of a language to tell its code from its comments and strings, and to make small mistakes in it. */
export type Language = {
  readonly family: 'script' | 'typed' | 'python' | 'ruby' | 'shell';
  /** What begins a comment that ends with the line. */
  readonly comments: readonly string[];
  readonly block: readonly [open: string, close: string] | null;
  /** Quotes, longest first. */
  readonly quotes: readonly Quote[];
  /** A statement that does nothing, in place of one that is removed. */
  readonly nothing: string;
  /** What a function returns that returns nothing of worth; null where a type would not allow it. */
  readonly worthless: string | null;
  /** Conditions stand without parentheses, before a brace. */
  readonly bareConditions?: true;
  readonly slashRegExp?: true;
  readonly heredocs?: true;
};

/** How a string is quoted. `raw`: a backslash is one; `lines`: it may go over lines; `char`: one character, else no string at all. */
export type Quote = { readonly mark: string; readonly raw?: true; readonly lines?: true; readonly char?: true };

const c = { comments: ['//'], block: ['/*', '*/'], nothing: '' } as const;
const double: Quote = { mark: '"' };
const single: Quote = { mark: "'" };
const char: Quote = { mark: "'", char: true };
const tick: Quote = { mark: '`', lines: true };

const script: Language = {
  ...c,
  family: 'script',
  quotes: [double, single, tick],
  worthless: 'undefined',
  slashRegExp: true,
};
const typed: Language = { ...c, family: 'typed', quotes: [double, char], worthless: null };
const plainC: Language = { ...typed, worthless: '0' };
const go: Language = {
  ...typed,
  quotes: [double, char, { mark: '`', raw: true, lines: true }],
  bareConditions: true,
};
const rust: Language = { ...typed, quotes: [{ mark: '"', lines: true }, char], bareConditions: true };
const php: Language = { ...script, comments: ['//', '#'], quotes: [double, single], worthless: 'null' };
const python: Language = {
  family: 'python',
  comments: ['#'],
  block: null,
  quotes: [{ mark: '"""', lines: true }, { mark: "'''", lines: true }, double, single],
  nothing: 'pass',
  worthless: 'None',
};
const ruby: Language = {
  family: 'ruby',
  comments: ['#'],
  block: null,
  quotes: [
    { mark: '"', lines: true },
    { mark: "'", lines: true },
  ],
  nothing: '',
  worthless: 'nil',
  slashRegExp: true,
  heredocs: true,
};
const shell: Language = {
  family: 'shell',
  comments: ['#'],
  block: null,
  quotes: [
    { mark: '"', lines: true },
    { mark: "'", raw: true, lines: true },
  ],
  nothing: ':',
  worthless: null,
  heredocs: true,
};

const byEnding: Readonly<Record<string, Language>> = {
  ...of(script, 'js mjs cjs jsx ts mts cts tsx'),
  ...of(plainC, 'c h cc cpp cxx hpp hh m'),
  ...of(typed, 'java kt kts scala cs dart'),
  ...of(go, 'go swift'),
  ...of(rust, 'rs'),
  ...of(php, 'php'),
  ...of(python, 'py'),
  ...of(ruby, 'rb rake'),
  ...of(shell, 'sh bash zsh ksh'),
};

function of(language: Language, endings: string): Record<string, Language> {
  return Object.fromEntries(endings.split(' ').map((ending) => [ending, language]));
}

/** The language of a file by the ending of its name; null when there are no mutants for it. */
export const languageOf = (path: string): Language | null => byEnding[extname(path).slice(1).toLowerCase()] ?? null;
