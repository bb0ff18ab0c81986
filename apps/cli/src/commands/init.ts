import { defineCommand } from '../command.ts';

export const init = defineCommand<{ readonly repo?: string }>({
  name: 'init',
  says: 'Look at a repository, try its checks and setup once, and write them to hive.yaml',
  options: [{ flags: '--repo <dir>', says: 'the git repository (default: the one that this folder is in)' }],
  examples: ['hive init', 'hive init --repo ~/code/my-project'],
  run: async (cli, _, options) => {
    const { propose } = await import('../init/propose.ts');
    await propose(cli, options.repo ?? '.');
    return 0;
  },
});
