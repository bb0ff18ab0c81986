import { resolve } from 'node:path';
import { HiveError } from '@hive/errors';
import type { Cli } from '../cli.ts';
import { defineCommand } from '../command.ts';
import { remoteAccess } from '../desk/access.ts';
import { quoted } from '../follow/git-commands.ts';

type Options = { readonly name?: string; readonly repo?: string };

export const remote = defineCommand<Options>({
  name: 'remote',
  args: [['<verb>', 'add']],
  says: 'Show how to hand changes in with git push; Hive writes no configuration of git',
  options: [
    { flags: '--name <name>', says: 'what git shall call it (default: hive)' },
    {
      flags: '--repo <dir>',
      says: 'the repository that changes are for (default: here); push from it or from any clone',
    },
  ],
  examples: ['hive remote add', 'hive remote add --name hive --repo ~/src/shop'],
  run: (cli, [verb = ''], options) => {
    if (verb !== 'add') throw new HiveError('input.invalid', `hive remote knows add, and found ${verb}`);
    return add(cli, options);
  },
});

const add = async (cli: Cli, { name = 'hive', repo = '.' }: Options): Promise<number> => {
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(name))
    throw new HiveError('input.invalid', `--name takes a plain name for git, and found ${name}`);
  const config = await cli.config();
  const access = remoteAccess(config);
  if (access?.url == null)
    throw new HiveError('hive.unreachable', 'git pushes to a Hive that runs; start it with: hive up', {
      remedy: 'fix_config',
    });
  try {
    const added = await access.desk.addRemote({ repo: resolve(cli.cwd, repo) });
    const server = access.url.replace(/\/+$/, '');
    const url = `${server}${added.path}`;
    const branch = added.branch ?? 'main';
    const commands = {
      add: `git remote add ${quoted(name)} ${url}`,
      push: `git push ${quoted(name)} HEAD:refs/for/${quoted(branch)}`,
      credential: `git config credential.${server}.helper ${quoted(helperFor(`${config.home}/token`))}`,
    };
    cli.out.document({ name, repo: added.repo, url, commands });
    cli.out.line(
      `In ${added.repo}, or in a clone of it:`,
      `  ${commands.add}`,
      `  ${commands.push}        # hands in what ${branch} does not have; any branch may stand there`,
      '',
      'git asks for a user, which may be any, and a password, which is the token of this Hive.',
      ...(config.remote.url === null
        ? ['With this it reads the token where it lies, and asks no more:', `  ${commands.credential}`]
        : ['Give it by a credential helper of git; the token belongs into no address.']),
    );
    return 0;
  } finally {
    await access.close();
  }
};

/** A credential helper of git that reads the token anew each time, so that no configuration and no address holds it. */
const helperFor = (file: string): string =>
  `!f() { test "$1" = get && echo username=hive && echo "password=$(cat ${quoted(file)})"; }; f`;
