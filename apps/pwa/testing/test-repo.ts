import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A repository of one commit, whose package.json names `npm test`, made in a new folder. Answers the folder. */
export const makeRepo = (folder: string): string => {
  mkdirSync(folder);
  writeFileSync(join(folder, 'package.json'), '{"scripts":{"test":"node --test"}}');
  for (const args of [
    ['init', '-q', '-b', 'main'],
    ['add', '-A'],
    ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.org', 'commit', '-q', '-m', 'Begin'],
  ])
    execFileSync('git', args, { cwd: folder });
  return folder;
};
