import { defineCommand } from '../command.ts';
import { localAccess, remoteAccess } from '../desk/access.ts';
import { tellComparison } from '../follow/tell-comparison.ts';
import { handInAndFollow } from '../submit/follow-through.ts';
import { lastOption, workflowId, type LastOption } from './ids.ts';

export const replay = defineCommand<LastOption & { readonly detach?: boolean }>({
  name: 'replay',
  args: [['[id]', 'of a workflow that is over']],
  says: 'Run a workflow again with its models answered from its recording, and compare the two',
  options: [lastOption, { flags: '--detach', says: 'return as soon as it is accepted' }],
  examples: ['hive replay --last', 'hive replay 1a2b3c4d --json'],
  run: async (cli, [id], options) => {
    const config = await cli.config();
    const of = workflowId(id, options);
    return handInAndFollow(cli, remoteAccess(config) ?? (await localAccess(config, cli)), {
      handIn: (desk) => desk.replay(of),
      detach: options.detach === true,
      tell: (desk, result) => tellComparison(cli, desk, result),
    });
  },
});
