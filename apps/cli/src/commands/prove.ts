import { defineCommand } from '../command.ts';
import { numberOf } from './number-of.ts';

type Options = {
  readonly n?: string;
  readonly repo?: string;
  readonly check?: readonly string[];
  readonly setup?: string;
  readonly jobs?: string;
};

export const prove = defineCommand<Options>({
  name: 'prove',
  args: [['[range]', 'OLD..NEW, a branch, or a commit (default: the last ten commits of HEAD)']],
  says: 'Try your own last commits as if they were handed in: proven, passes, red or infra. Changes nothing',
  options: [
    { flags: '-n <count>', says: 'at most so many, the newest' },
    { flags: '--repo <dir>', says: 'the git repository (default: the one that this folder is in)' },
    {
      flags: '--check <command>',
      says: 'a command that has to be green; several are all run (default: those of hive.yaml, else found ones)',
      many: true,
    },
    {
      flags: '--setup <command>',
      says: 'installs what the checks need (default: that of hive.yaml, else a found one)',
    },
    {
      flags: '--jobs <count>',
      says: 'how many checkouts are checked at once (default: half of the processors and one more)',
    },
  ],
  examples: ['hive prove', 'hive prove HEAD~20..HEAD --check "npm test"'],
  run: async (cli, [range], options) => {
    const { runProve } = await import('../prove/run-prove.ts');
    return runProve(cli, {
      range,
      count: numberOf('-n', options.n),
      jobs: numberOf('--jobs', options.jobs),
      repo: options.repo ?? '.',
      checks: options.check ?? [],
      setup: options.setup,
    });
  },
});
