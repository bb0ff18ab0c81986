import { createHash } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Git, PlannedChange } from './planted.ts';

/** Each note names a file and the digest that it was made for; a note whose file has changed since is red. */
const check = 'set -e\nfor note in .notes-on-files/*.sum; do\n  sha256sum --check --quiet "$note"\ndone\n';

/**
 * The last commits of a repository up to a revision, each a change of its own that stands on those before it with which it shares a file, on the
 * commit before all of them. What is planted is what is met in practice: notes on files as they are now, green alone, that a change of the same
 * time makes wrong. Clones into `repo`.
 */
export const history = async (
  repo: string,
  git: Git,
  how: { readonly from: string; readonly to: string; readonly changes: number; readonly bad: number },
): Promise<readonly PlannedChange[]> => {
  const { from, to, changes, bad } = how;
  await git('clone', '-q', '--no-checkout', from, '.');
  const log = await git('rev-list', '--first-parent', '--no-merges', `--max-count=${changes - bad}`, to);
  const commits = log.split('\n').toReversed();
  if (commits.length < changes - bad) throw new Error(`${to} has ${commits.length} commits; name fewer --changes`);
  await git('checkout', '-q', '-B', 'main', `${commits[0]}~1`);
  await mkdir(join(repo, '.notes-on-files'));
  await writeFile(join(repo, '.notes-on-files/check.sh'), check);
  await writeFile(join(repo, '.notes-on-files/none.sum'), await sumOf(repo, '.notes-on-files/check.sh'));
  await git('add', '.notes-on-files');
  await git('commit', '-qm', 'Notes on files');

  const touchedBy = new Map<string, string[]>();
  const planned: PlannedChange[] = [];
  for (const commit of commits) {
    const range = [`${commit}~1`, commit];
    const files = (await git('diff', '--name-only', '--no-renames', '-z', ...range)).split('\0').filter(Boolean);
    const needs = new Set(files.flatMap((file) => touchedBy.get(file) ?? []));
    const key = commit.slice(0, 12);
    for (const file of files) touchedBy.set(file, [...(touchedBy.get(file) ?? []), key]);
    const patch = await git('diff', '--binary', '--no-renames', '--full-index', ...range);
    if (patch === '') continue;
    const noted =
      needs.size > 0 || planned.filter(({ isBad }) => isBad).length === bad ? null : await changed(git, range);
    planned.push({ key, patch: `${patch}\n`, needs: [...needs], isFirst: true, isBad: false });
    if (noted !== null) planned.push(await noteOn(repo, noted, key));
  }
  return planned;
};

/** A file that is there before and after. */
const changed = async (git: Git, range: readonly string[]): Promise<string | null> =>
  (await git('diff', '--name-only', '--diff-filter=M', '--no-renames', '-z', ...range)).split('\0')[0] || null;

const sumOf = async (repo: string, path: string): Promise<string> =>
  `${createHash('sha256')
    .update(await readFile(join(repo, path)))
    .digest('hex')}  ${path}\n`;

const noteOn = async (repo: string, path: string, against: string): Promise<PlannedChange> => {
  const key = `note-${against}`;
  const file = `.notes-on-files/${key}.sum`;
  const head = `diff --git a/${file} b/${file}\nnew file mode 100644\n--- /dev/null\n+++ b/${file}\n@@ -0,0 +1 @@\n`;
  return { key, patch: `${head}+${await sumOf(repo, path)}`, needs: [], isFirst: false, isBad: true };
};
