import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { runGit } from './run-git.ts';

/** How large a generated repository is. */
export type Scale = { readonly files: number; readonly commits: number };

const filesPerFolder = 100;

/** Each path is a file of a few hundred bytes, a hundred to a folder, a hundred folders to the one above. */
export const pathOf = (number: number): string => {
  const folder = Math.floor(number / filesPerFolder);
  return `part-${Math.floor(folder / 100)}/unit-${folder}/file-${number}.txt`;
};

const contentOf = (number: number, edition: number): string =>
  `file ${number}, edition ${edition}\n${`line of file ${number}\n`.repeat(8 + (number % 16))}`;

const blob = (text: string): string => `data ${Buffer.byteLength(text)}\n${text}\n`;

/**
 * Writes a repository with so many files and commits: the first commit holds all files, each later one edits one. By `git fast-import`, so that
 * 100,000 files and 10,000 commits take seconds. The same scale gives the same commits.
 */
export const generateRepository = async (dir: string, { files, commits }: Scale): Promise<void> => {
  await mkdir(dir, { recursive: true });
  await runGit(dir, ['init', '--quiet', '--initial-branch=main']);
  const git = spawn('git', ['-C', dir, 'fast-import', '--quiet', '--force'], { stdio: ['pipe', 'inherit', 'inherit'] });
  const ended = once(git, 'close');
  const write = async (text: string) => {
    if (!git.stdin.write(text)) await once(git.stdin, 'drain');
  };
  for (let commit = 0; commit < commits; commit++) {
    await write(`commit refs/heads/main\ncommitter Ada <ada@example.org> ${1_700_000_000 + commit} +0000\n`);
    await write(blob(commit === 0 ? 'Begin' : `Edit ${commit}`));
    const [from, to] = commit === 0 ? [0, files] : [(commit * 7919) % files, ((commit * 7919) % files) + 1];
    for (let number = from; number < to; number++)
      await write(`M 100644 inline ${pathOf(number)}\n${blob(contentOf(number, commit))}`);
  }
  git.stdin.end();
  const [code] = (await ended) as [number];
  if (code !== 0) throw new Error(`git fast-import ended with ${code}`);
  await runGit(dir, ['reset', '--hard', '--quiet']);
};
