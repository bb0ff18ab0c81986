import { defineCommand } from '../command.ts';

type Options = {
  readonly repo?: string;
  readonly all?: boolean;
  readonly recordOnly?: boolean;
  readonly statement?: string;
  readonly publicKey?: string;
};

export const recheck = defineCommand<Options>({
  name: 'recheck',
  args: [['[commit]', 'a merged commit by any name that git knows, or OLD..NEW']],
  says: 'Repeat the recorded proof of a merge and compare; an edited record is told',
  options: [
    { flags: '--repo <dir>', says: 'the git repository (default: the one that this folder is in)' },
    { flags: '--all', says: 'every commit that has a note of Hive' },
    { flags: '--record-only', says: 'compare the records with each other and with git, and run nothing' },
    {
      flags: '--statement <file>',
      says: 'a signed statement of hive why --export: checks the signature, and what it says',
    },
    { flags: '--public-key <file>', says: 'the key that has to have signed it (default: that of this HIVE_HOME)' },
  ],
  examples: ['hive recheck a1b2c3d', 'hive recheck --all --record-only'],
  run: async (cli, [what], options) => {
    const { runRecheck } = await import('../recheck/run-recheck.ts');
    return runRecheck(cli, {
      what,
      all: options.all === true,
      repo: options.repo ?? '.',
      recordOnly: options.recordOnly === true,
      statement: options.statement,
      publicKey: options.publicKey,
    });
  },
});
