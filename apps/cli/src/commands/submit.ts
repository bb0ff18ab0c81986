import { readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { HiveError } from '@hive/errors';
import { patchText } from '@hive/front-desk/plan-files';
import { defineCommand } from '../command.ts';
import { followThrough } from '../submit/follow-through.ts';
import { submitOptions } from '../submit/options.ts';
import { submitRequest, type SubmitOptions } from '../submit/request.ts';

const maxBytes = 50_000_000;

export const submit = defineCommand<SubmitOptions>({
  name: 'submit',
  args: [['<change>', 'a patch file, a commit, a local branch, or - for a patch on standard input']],
  says: 'Hand in a change of your own: checked, reviewed and merged like any other',
  options: submitOptions.filter((option) => !option.flags.startsWith('--plan')),
  examples: [
    'hive submit fix.patch --check "npm test"',
    'git diff | hive submit - --check "make test" --red-before not-needed',
  ],
  run: async (cli, [change = ''], options) => {
    const repo = resolve(cli.cwd, options.repo ?? '.');
    const patch = change === '-' ? await readInput() : readPatch(resolve(cli.cwd, change));
    const what = patch === null ? { commit: change } : { patch };
    const { changeGoal } = await import('../submit/change-goal.ts');
    const goal = await changeGoal(
      await cli.config(),
      repo,
      patch === null ? { name: change, base: options.base } : { patch },
    );
    return followThrough(cli, submitRequest({ goal, ...what }, options, repo), { detach: options.detach === true });
  },
});

/** The text of a patch file; null when there is no such file, so that the word names a commit or a branch. */
const readPatch = (path: string): string | null => {
  const found = statSync(path, { throwIfNoEntry: false });
  if (!found?.isFile()) return null;
  if (found.size > maxBytes) throw tooLarge(path);
  return patchText(readFileSync(path), path);
};

const readInput = async (): Promise<string> => {
  if (process.stdin.isTTY)
    throw new HiveError(
      'input.invalid',
      'hive submit - reads a patch from standard input; pipe one in, for example: git diff | hive submit -',
    );
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of process.stdin) {
    const bytes = Buffer.from(chunk as Buffer); // without an encoding it is bytes
    size += bytes.length;
    if (size > maxBytes) throw tooLarge('Standard input');
    chunks.push(bytes);
  }
  return patchText(Buffer.concat(chunks), 'Standard input');
};

const tooLarge = (what: string) =>
  new HiveError('input.invalid', `${what} is larger than 50 MB; hand in the change in parts`);
