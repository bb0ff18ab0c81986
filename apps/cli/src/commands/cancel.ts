import { HiveError } from '@hive/errors';
import { everyItem, isWorkflowOpen, shortId, type Desk, type WorkflowState } from '@hive/events';
import { defineCommand } from '../command.ts';
import { withDesk } from '../desk/access.ts';
import { lastOption, workflowId, type LastOption } from './ids.ts';
import { oneLine } from '../terminal/visible.ts';

type Options = LastOption & { readonly all?: boolean };

export const cancel = defineCommand<Options>({
  name: 'cancel',
  args: [['[id]', 'of a workflow']],
  says: 'Cancel a workflow: nothing new is begun, what was merged stays on its branch',
  options: [lastOption, { flags: '--all', says: 'every workflow that is not finished' }],
  examples: ['hive cancel 1a2b3c4d', 'hive cancel --all'],
  run: (cli, [id], options) =>
    withDesk(cli, async (desk) => {
      if (options.all && (id !== undefined || options.last))
        throw new HiveError('input.invalid', 'Give an id, --last or --all, and only one of them');
      const ids = options.all ? await openOnes(desk) : [workflowId(id, options)];
      const results = [];
      for (const each of ids) {
        const result = await desk.cancel(each);
        results.push(result);
        cli.out.line(`cancelled  ${shortId(result.workflow)}  ${oneLine(result.goal)}`);
      }
      if (ids.length === 0) cli.out.line('Nothing is under way');
      cli.out.document(options.all ? results : results[0]);
      return 0;
    }),
});

const openOnes = async (desk: Desk): Promise<string[]> => {
  const ids: string[] = [];
  // The states of the list are those of the table, and `waiting`, which is open too.
  for await (const { id, status } of everyItem((at) => desk.workflows(at)))
    if (status === 'waiting' || isWorkflowOpen(status as WorkflowState)) ids.push(id);
  return ids;
};
