import { exitCodeOf, isSettled, shortId } from '@hive/events';
import { defineCommand } from '../command.ts';
import { assertStaffed, withDesk } from '../desk/access.ts';
import { followWorkflow } from '../follow/follow-workflow.ts';
import { tellResult } from '../follow/tell-result.ts';
import { lastOption, workflowId, type LastOption } from './ids.ts';

export const wait = defineCommand<LastOption>({
  name: 'wait',
  args: [['[id]', 'of a workflow']],
  says: 'Wait in silence until a workflow ends, and answer its result and exit code',
  options: [lastOption],
  examples: ['hive wait --last', 'hive wait 1a2b3c4d --json'],
  run: (cli, [id], options) =>
    withDesk(cli, async (desk, access) => {
      const before = await desk.workflow(workflowId(id, options));
      if (!isSettled(before)) await assertStaffed(access, `Workflow ${shortId(before.workflow)}`);
      const result = isSettled(before)
        ? before
        : await followWorkflow(desk, before.workflow, { out: cli.out, signal: cli.interrupted, quiet: true });
      if (result === null) {
        cli.out.note(`The workflow goes on; wait for it with hive wait ${shortId(before.workflow)}`);
        return 130;
      }
      await tellResult(cli, desk, result);
      return exitCodeOf(result);
    }),
});
