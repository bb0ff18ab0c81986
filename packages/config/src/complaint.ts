import { HiveError } from '@hive/errors';
import type { z } from 'zod';
import { keysAt } from './schema-keys.ts';

/** How many letters must change to make one word of the other (Levenshtein 1966), row by row. */
const distance = (a: string, b: string): number => {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (const [i, left] of [...a].entries()) {
    const next = [i + 1];
    for (const [j, right] of [...b].entries())
      next.push(Math.min((row[j] ?? 0) + (left === right ? 0 : 1), (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1));
    row = next;
  }
  return row.at(-1) ?? 0;
};

/** The known key that is nearest to a written one; undefined where nothing is known. */
export const nearestKey = (written: string, known: readonly string[]): string | undefined =>
  known.toSorted((a, b) => distance(written, a) - distance(written, b))[0];

const sentences = (issue: z.core.$ZodIssue): string[] => {
  if (issue.code !== 'unrecognized_keys') return [issue.message];
  const known = keysAt(issue.path);
  return issue.keys.map((key) => {
    const nearest = nearestKey(key, known);
    return `Unrecognized key: "${key}"${nearest === undefined ? '' : ` (the nearest known one is "${nearest}")`}`;
  });
};

/** What is wrong with a configuration file, one line for each mistake and its place. Stops the process with exit code 78. */
export const configInvalid = (
  file: string,
  mistakes: readonly { readonly says: string; readonly at?: string }[],
): HiveError =>
  new HiveError(
    'config.invalid',
    [`${file}:`, ...mistakes.map(({ says, at }) => `✖ ${says}${at ? `\n  → at ${at}` : ''}`)].join('\n'),
    { remedy: 'fix_config', details: { file } },
  );

/** The mistakes that the schema found. */
export const complaintOf = (file: string, error: z.ZodError): HiveError =>
  configInvalid(
    file,
    error.issues.flatMap((issue) =>
      sentences(issue).map((says) => ({ says, at: issue.path.map(String).join('.') || 'the root' })),
    ),
  );
