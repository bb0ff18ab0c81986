import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** Runs git as its user would, in a folder; answers what it said. */
export const runGit = async (dir: string, args: readonly string[]): Promise<string> => {
  const { stdout } = await promisify(execFile)('git', ['-C', dir, ...args], { maxBuffer: 1e9 });
  return stdout.trim();
};
