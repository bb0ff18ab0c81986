import { hasCode, beginningOf } from '@hive/errors';
import { git, type GitOptions } from '../git/git.ts';
import { problem } from './open-folder.ts';
import { repositoryPath } from './repository-path.ts';

/** What to look for. `text` is looked for as it is, `regex` is a POSIX extended regular expression. `below` is a file or folder. */
export type Search = {
  readonly pattern: string;
  readonly kind: 'text' | 'regex';
  readonly below?: string | undefined;
  readonly ignoreCase?: boolean | undefined;
};

/** Lines as `path:number:text`. `more` is true when there are more of them than are told. */
export type Matches = { readonly lines: readonly string[]; readonly more: boolean };

const limitMs = 10_000;
const mostBytes = 256 * 1024;
const longestLine = 300;
const longestPattern = 300;

/**
 * Searches what the index holds, so that no link of the worktree is followed and no file read that is not part of the change. Runs as a
 * process with a limit in time and output; the matcher knows no back-references here. Throws `input.invalid` for a pattern that is none.
 */
export const searchIndex = async (
  { pattern, kind, below, ignoreCase = false }: Search,
  options: GitOptions,
): Promise<Matches> => {
  refusePattern(pattern, kind);
  const args = ['grep', '--cached', '-n', '-I', '--no-color', ...(ignoreCase ? ['-i'] : [])];
  const where = below === undefined || /^(?:\.\/?)?$/.test(below) ? [] : [repositoryPath(below.replace(/\/$/, ''))];
  const late = AbortSignal.timeout(limitMs);
  const signal = options.signal ? AbortSignal.any([options.signal, late]) : late;
  const found = await git([...args, kind === 'text' ? '-F' : '-E', '-e', pattern, '--', ...where], {
    ...options,
    signal,
    ok: [0, 1],
    atMost: mostBytes,
  }).catch((error: unknown) => {
    if (late.aborted) throw problem(`The search took longer than ${limitMs / 1000} s; look for something narrower`);
    if (hasCode(error, 'infra.git') && /fatal: (?:-e option|command line)/.test(String(error.details['stderr'])))
      throw problem('The pattern is not a POSIX extended regular expression');
    throw error;
  });
  const lines = found.stdout.toString('utf8').split('\n').filter(Boolean);
  const more = found.stdout.length >= mostBytes;
  return { lines: (more ? lines.slice(0, -1) : lines).map((line) => beginningOf(line, longestLine)), more };
};

/** What could keep a matcher busy for long, or let it take all memory, is refused by its form. */
const refusePattern = (pattern: string, kind: Search['kind']): void => {
  if (pattern === '' || pattern.length > longestPattern || /[\0\n]/.test(pattern))
    throw problem(`A pattern is one line of 1 to ${longestPattern} characters`);
  if (kind === 'text') return;
  if (/\\[1-9]/.test(pattern)) throw problem('A pattern may not refer back to a group');
  const repeated = [...pattern.matchAll(/\{(\d*),?(\d*)\}/g)];
  if (repeated.length > 2 || repeated.some(([, from, to]) => Math.max(Number(from), Number(to)) > 50))
    throw problem('A pattern may repeat by number at most twice, and 50 times at most');
};
