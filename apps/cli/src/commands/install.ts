import { lstatSync, mkdirSync, readlinkSync, rmSync, symlinkSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { HiveError } from '@hive/errors';
import { defineCommand } from '../command.ts';

export const install = defineCommand({
  name: 'install',
  says: 'Link hive into ~/.local/bin, so that it is found from everywhere',
  examples: ['./hive install', './hive install --json'],
  run: async (cli) => {
    const { out, env, root } = cli;
    const folder = join(env['HOME'] || homedir(), '.local/bin');
    const [link, target] = [join(folder, 'hive'), join(root, 'hive')];
    const isInPath = (env['PATH'] ?? '').split(delimiter).includes(folder);
    const there = lstatSync(link, { throwIfNoEntry: false });
    if (there !== undefined && !there.isSymbolicLink())
      throw new HiveError('input.state', `${link} is there and is no link; move it away, or call ${target} directly`);
    if (there === undefined || readlinkSync(link) !== target) {
      mkdirSync(folder, { recursive: true });
      if (there !== undefined) rmSync(link);
      symlinkSync(target, link);
    }
    out.document({ link, target, inPath: isInPath });
    out.line(`${link} leads to ${target}`);
    if (!isInPath)
      out.line(
        `${folder} is not in PATH yet. Add this line to ~/.profile and open a new terminal:`,
        '  export PATH="$HOME/.local/bin:$PATH"',
      );
    return 0;
  },
});
