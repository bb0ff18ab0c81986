import { execFile } from 'node:child_process';
import { cp, mkdir, readdir, rm } from 'node:fs/promises';
import { devNull } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Env } from '@hive/config';

const who = { name: 'Hive examples', email: 'hive@localhost', date: '2026-01-01T00:00:00Z' };

/**
 * Makes a git repository of an example's library, or brings the one that is there to what the library says now. Author and date are
 * fixed and nothing of the user's git configuration counts, so the same files are the same commit everywhere. Answers that commit.
 */
export const makeRepository = async (library: string, folder: string, env: Env): Promise<string> => {
  await mkdir(folder, { recursive: true });
  const git = async (...args: string[]): Promise<string> => {
    const { stdout } = await promisify(execFile)(
      'git',
      ['-c', 'core.autocrlf=false', '-c', 'core.fileMode=true', ...args],
      {
        cwd: folder,
        env: {
          PATH: env['PATH'],
          GIT_CONFIG_GLOBAL: devNull,
          GIT_CONFIG_NOSYSTEM: '1',
          GIT_DIR: join(folder, '.git'),
          GIT_WORK_TREE: folder,
          ...{ GIT_AUTHOR_NAME: who.name, GIT_AUTHOR_EMAIL: who.email, GIT_AUTHOR_DATE: who.date },
          ...{ GIT_COMMITTER_NAME: who.name, GIT_COMMITTER_EMAIL: who.email, GIT_COMMITTER_DATE: who.date },
        },
      },
    );
    return stdout.trim();
  };
  await git('init', '--quiet', '--initial-branch=main', '--template=');
  for (const name of await readdir(folder)) if (name !== '.git') await rm(join(folder, name), { recursive: true });
  await cp(library, folder, { recursive: true });
  await git('add', '--all', '--force');
  const commit = await git('commit-tree', await git('write-tree'), '-m', 'The library as it is before the first task');
  await git('update-ref', 'refs/heads/main', commit);
  await git('symbolic-ref', 'HEAD', 'refs/heads/main');
  return commit;
};
