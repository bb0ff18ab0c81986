import { execFile } from 'node:child_process';
import { chmod, mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import type { Exercise, Files } from './exercise.ts';

const run = promisify(execFile);

/** Which part of an exercise is handed in. */
export type Part = 'stub' | 'solution';

/** A repository with the tests of all exercises, each in a folder of its own, and a plan file that hands in one part of each. */
export const makeRepository = async (folder: string, exercises: readonly Exercise[]) => {
  const root = join(folder, 'repository');
  const git = async (...args: string[]) =>
    (await run('git', ['-C', root, ...args], { maxBuffer: 64 * 1024 * 1024 })).stdout;
  await mkdir(root, { recursive: true });
  for (const { name, tests } of exercises) await write(join(root, name), tests);
  await git('init', '-q', '-b', 'main');
  await git('add', '--all');
  await git('-c', 'user.name=exercises', '-c', 'user.email=exercises@localhost', 'commit', '-qm', 'Tests');

  const patchOf = async ({ name, ...parts }: Exercise, part: Part): Promise<string> => {
    await write(join(root, name), parts[part]);
    await git('add', '--all');
    const patch = await git('diff', '--cached', '--binary');
    await git('reset', '-q', '--hard');
    await rm(join(root, name), { recursive: true });
    await git('checkout', '-q', '--', name);
    return patch;
  };
  const planOf = async (part: Part): Promise<string> => {
    const tasks: object[] = [];
    for (const exercise of exercises) {
      const patch = join(folder, `${exercise.name}.${part}.patch`);
      await writeFile(patch, await patchOf(exercise, part));
      tasks.push({ key: exercise.name, title: `${part} of ${exercise.name}`, patch, checks: [checkOf(exercise)] });
    }
    const plan = join(folder, `${part}.json`);
    // Something green in place of the checks that would be found: each exercise has its own.
    await writeFile(plan, JSON.stringify({ version: 1, checks: ['true'], tasks }));
    return plan;
  };
  return { root, planOf };
};

/** The command of an exercise, where it lies in the repository. */
export const checkOf = ({ name, check }: Exercise): string => `sh -c ${quoted(`cd ${quoted(name)} && ${check}`)}`;

const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

const write = async (folder: string, files: Files): Promise<void> => {
  for (const [path, bytes] of files) {
    const file = join(folder, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, bytes);
    if (bytes.subarray(0, 2).toString() === '#!') await chmod(file, 0o755);
  }
};
