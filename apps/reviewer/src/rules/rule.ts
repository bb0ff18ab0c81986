import { beginningOf } from '@hive/errors';
import type { Check, ReviewRule, ReviewRules } from '@hive/events';
import type { TextAt } from '@hive/workspace';
import type { FileChange } from '../patch-parts.ts';

/** Files of a commit by their paths, as far as the rules asked for them. */
export type Texts = ReadonlyMap<string, TextAt>;

/** Characters of a file that a rule reads; what nobody writes by hand is longer. */
const longestText = 1_000_000;

/** The text of a file that a rule reads as a whole; null where it is not there or too long. Lines that are too long for a person are left out. */
export const textIn = (texts: Texts, path: string): string | null => {
  const text = texts.get(path)?.text ?? null;
  if (text === null || text.length > longestText) return null;
  return text.length < longestLine
    ? text
    : text
        .split('\n')
        .filter((line) => line.length < longestLine)
        .join('\n');
};

const longestLine = 10_000;

/** A change as the rules see it. */
export type Change = {
  readonly files: readonly FileChange[];
  /** Files as they were, and as they are with the change. */
  readonly texts: { readonly before: Texts; readonly after: Texts };
  readonly checks: readonly Check[];
  /** Whether a path is one of a test. */
  readonly isTest: (path: string) => boolean;
  readonly size: ReviewRules['size'];
  /** Globs of files that may look as if they held keys. */
  readonly notSecrets: readonly string[];
};

/** Something that a rule has found; without a file it is about the change as a whole. */
export type Found = {
  readonly message: string;
  readonly file?: string;
  readonly line?: number;
  /** Said where it is noted only; default `info`. */
  readonly severity?: 'info' | 'warning';
};

/** One rule: a pure function of the change. */
export type Rule = {
  readonly name: ReviewRule;
  readonly find: (change: Change) => readonly Found[] | Promise<readonly Found[]>;
};

/** The name of a file as a sentence can hold it: one line, no marks that turn text around, not too long. */
export const named = (path: string): string => {
  const plain = /^[\x20-\x7e\p{L}\p{N}]*$/u.test(path) ? path : JSON.stringify(path).replace(/[^\x20-\x7e]/g, escaped);
  return plain.length > 200 ? `${beginningOf(plain, 199)}…` : plain;
};

const escaped = (char: string): string => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`;

/** The first names of a list as a sentence can hold them. */
export const listed = (names: readonly string[], most = 5): string =>
  [...names.slice(0, most).map(named), ...(names.length > most ? [`${names.length - most} more`] : [])].join(', ');

/** The last part of a path, and the folder that it is in (empty at the top). */
export const baseName = (path: string): string => path.slice(path.lastIndexOf('/') + 1);
export const folderOf = (path: string): string => path.slice(0, Math.max(path.lastIndexOf('/'), 0));
