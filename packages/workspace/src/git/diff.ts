import { git, gitList } from './git.ts';

const plain = ['--no-ext-diff', '--no-textconv', '--no-renames', '--ignore-submodules=none'];

/** The patch between two commits or trees, complete enough to apply without either (binary, full names). */
export const diffOf = async (
  gitDir: string,
  from: string,
  to: string,
  paths: readonly string[] = [],
): Promise<Uint8Array> =>
  (
    await git(
      [
        'diff-tree',
        '-r',
        '-p',
        '--binary',
        '--full-index',
        ...plain,
        '--src-prefix=a/',
        '--dst-prefix=b/',
        from,
        to,
        '--',
        ...paths,
      ],
      {
        gitDir,
      },
    )
  ).stdout;

/** Paths that differ between two commits or trees, sorted; a rename is its two sides. */
export const pathsBetween = async (gitDir: string, from: string, to: string): Promise<string[]> =>
  (await gitList(['diff-tree', '-r', '-z', '--name-only', ...plain, from, to, '--'], { gitDir })).sort();
