import { shortId } from '@hive/events';
import { defineCommand } from '../command.ts';
import { withDesk } from '../desk/access.ts';
import { personHere } from '../person.ts';
import { oneLine } from '../terminal/visible.ts';
import { agentPauseLines, pauseLines, targetOf, targetOptions, type PauseTarget } from './pause.ts';

export const resume = defineCommand<PauseTarget>({
  name: 'resume',
  args: [['[id]', 'of a paused workflow']],
  says: 'Go on with a paused workflow, agent, or everything; what was paused by its id or name stays paused',
  options: targetOptions,
  examples: ['hive resume 1a2b3c4d', 'hive resume --all'],
  run: (cli, [id], options) =>
    withDesk(cli, async (desk, access) => {
      const { out } = cli;
      const target = targetOf(id, options);
      const told = { by: personHere() };
      if (target.kind === 'workflow') {
        const result = await desk.resume(target.id, told);
        out.document(result);
        out.line(`${result.status}  ${shortId(result.workflow)}  ${oneLine(result.goal)}`);
      } else if (target.kind === 'agent') {
        const state = await desk.resumeAgent(target.name, told);
        out.document(state);
        out.line(`${oneLine(target.name)} takes steps again`, ...agentPauseLines(state.agents));
      } else {
        const state = await desk.resumeSystem({ ...told, ...target.of });
        out.document(state);
        const left = pauseLines(state.paused);
        out.line(...(left.length > 0 ? left : ['Nothing is paused any more but what was paused by its id or name']));
      }
      if (!(await access.isStaffed())) out.note('Hive is not running; hive up goes on with it');
      return 0;
    }),
});
