import { readRun } from '@hive/config';
import { HiveError } from '@hive/errors';
import { Role } from '@hive/events';
import { defineCommand } from '../command.ts';
import { askPairCode } from '../desk/one-time-link.ts';
import { pairLines } from '../desk/pair-lines.ts';
import { qrLines } from '../terminal/qr-code.ts';

type Options = { readonly role?: string; readonly name?: string; readonly invert?: boolean };

export const pair = defineCommand<Options>({
  name: 'pair',
  says: 'Let a phone into the control room: address, QR code, certificate steps',
  options: [
    { flags: '--role <role>', says: `what it may do: ${Role.options.join(', ')} (default: owner)` },
    { flags: '--name <name>', says: 'what the device is called where devices and decisions are listed' },
    { flags: '--invert', says: 'paint the QR code for a terminal with a bright background' },
  ],
  examples: ['hive pair --name "Phone of Ada"', 'hive pair --role viewer --json'],
  run: async (cli, _, options) => {
    const config = await cli.config();
    const url = config.remote.url ?? readRun(config.home)?.url;
    if (url === undefined)
      throw new HiveError('hive.unreachable', `Hive is not running on ${config.home}; start it with hive up`, {
        remedy: 'fix_config',
      });
    const role = Role.optional().safeParse(options.role);
    if (!role.success)
      throw new HiveError('input.invalid', `--role takes ${Role.options.join(', ')}, and found ${options.role ?? ''}`);
    const made = await askPairCode(config, url, {
      ...(role.data !== undefined && { role: role.data }),
      ...(options.name !== undefined && { name: options.name }),
    });
    const [link] = made.links;
    cli.out.document(made);
    if (link !== undefined) cli.out.line('', ...qrLines(link, { invert: options.invert ?? false }), '');
    cli.out.line(...pairLines(made, { now: Date.now(), isFileNamed: config.file !== null }));
    return link === undefined ? 78 : 0;
  },
});
