import { spawn } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { readRun } from '@hive/config';
import { HiveError } from '@hive/errors';
import type { Cli } from '../cli.ts';
import { defineCommand } from '../command.ts';
import { oneTimeLink } from '../desk/one-time-link.ts';

export const open = defineCommand({
  name: 'open',
  says: 'Print a link that opens the control room once, and open it where there is a desktop',
  examples: ['hive open', 'hive open --json'],
  run: async (cli) => {
    const config = await cli.config();
    const url = config.remote.url ?? readRun(config.home)?.url;
    if (url === undefined)
      throw new HiveError('hive.unreachable', `Hive is not running on ${config.home}; start it with hive up`, {
        remedy: 'fix_config',
      });
    const link = await oneTimeLink(config, url);
    cli.out.line(link);
    cli.out.document({ url: link });
    const opener = openerOf(cli);
    if (opener !== null)
      spawn(opener, [link], { detached: true, stdio: 'ignore' })
        .on('error', () => undefined)
        .unref();
    return 0;
  },
});

/** The program that opens addresses on this desktop; null when there is no desktop or nobody looks. */
const openerOf = ({ env, out }: Pick<Cli, 'env' | 'out'>): string | null => {
  if (!out.isTerminal) return null;
  const isDesktop = process.platform === 'darwin' || Boolean(env['DISPLAY']) || Boolean(env['WAYLAND_DISPLAY']);
  if (!isDesktop) return null;
  const name = process.platform === 'darwin' ? 'open' : 'xdg-open';
  const folders = (env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  return folders.map((folder) => join(folder, name)).find(isExecutable) ?? null;
};

const isExecutable = (path: string): boolean => {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
};
