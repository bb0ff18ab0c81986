import { exitCodeOf, isSettled, shortId } from '@hive/events';
import { defineCommand } from '../command.ts';
import { assertStaffed, withDesk } from '../desk/access.ts';
import { followWorkflow } from '../follow/follow-workflow.ts';
import { tellResult } from '../follow/tell-result.ts';
import { lastOption, workflowId, type LastOption } from './ids.ts';
import { tellAccepted } from '../submit/tell-accepted.ts';

export const watch = defineCommand<LastOption>({
  name: 'watch',
  args: [['[id]', 'of a workflow']],
  says: 'Follow a workflow to its end; Ctrl-C stops following only',
  options: [lastOption],
  examples: ['hive watch --last', 'hive watch 1a2b3c4d --json'],
  run: (cli, [id], options) =>
    withDesk(cli, async (desk, access) => {
      const { out } = cli;
      const before = await desk.workflow(workflowId(id, options));
      if (!isSettled(before)) await assertStaffed(access, `Workflow ${shortId(before.workflow)}`);
      tellAccepted(out, before);
      const result = await followWorkflow(desk, before.workflow, { out, signal: cli.interrupted, onEvent: out.item });
      if (result === null) {
        out.note(`The workflow goes on; follow it with hive watch ${shortId(before.workflow)}`);
        return 130;
      }
      if (!out.json) await tellResult(cli, desk, result);
      return exitCodeOf(result);
    }),
});
