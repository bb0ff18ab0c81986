import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** One change that is handed in: a patch, and the keys of those that it stands on. */
export type PlannedChange = {
  readonly key: string;
  readonly patch: string;
  readonly needs: readonly string[];
  /** Those that go in before what is planted against them. */
  readonly isFirst: boolean;
  readonly isBad: boolean;
};

/** Runs git in the repository and answers its output. */
export type Git = (...args: string[]) => Promise<string>;

const pad = (n: number): string => String(n).padStart(3, '0');

/** A pair is red when both of its files say `two`. */
const check =
  'for a in pair-*-a; do\n  ! grep -q two "$a" || ! grep -q two "${a%a}b" || { echo "$a" does not fit; exit 1; }\ndone\n';

/** A made-up repository whose changes are one line each. The good halves of pairs go first; the bad halves are spread over the rest. */
export const planted = async (
  repo: string,
  git: Git,
  { changes, bad }: { readonly changes: number; readonly bad: number },
): Promise<readonly PlannedChange[]> => {
  const every = Math.floor((changes - bad) / bad);
  const fileOf = (n: number): string => {
    if (n < bad) return `pair-${pad(n)}-a`;
    const rest = n - bad;
    const isBad = rest % every === every - 1 && rest / every < bad;
    return isBad ? `pair-${pad(Math.floor(rest / every))}-b` : `plain-${pad(n)}`;
  };
  const files = Array.from({ length: changes }, (_, n) => fileOf(n));
  await git('init', '-q');
  for (const file of files) await writeFile(join(repo, file), 'one\n');
  await writeFile(join(repo, 'check.sh'), check);
  await git('add', '.');
  await git('commit', '-qm', 'base');
  return files.map((file, n) => ({
    key: file,
    patch: `diff --git a/${file} b/${file}\n--- a/${file}\n+++ b/${file}\n@@ -1 +1 @@\n-one\n+two\n`,
    needs: [],
    isFirst: n < bad,
    isBad: file.endsWith('-b'),
  }));
};
