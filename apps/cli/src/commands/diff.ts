import { HiveError } from '@hive/errors';
import { shortId } from '@hive/events';
import { defineCommand } from '../command.ts';
import { withDesk } from '../desk/access.ts';
import { visible } from '../terminal/visible.ts';

export const diff = defineCommand({
  name: 'diff',
  args: [['<task>', 'the id of a task']],
  says: 'Show the change of a task as a patch',
  examples: ['hive diff 1a2b3c4d', 'hive diff 1a2b3c4d > change.patch'],
  run: (cli, [id = '']) =>
    withDesk(cli, async (desk) => {
      const task = await desk.task(id);
      const hash = task.patch ?? task.spec.patch;
      if (hash === undefined)
        throw new HiveError(
          'input.state',
          `Task ${shortId(task.id)} (${task.key}) has no change: it is ${task.status}`,
        );
      const patch = Buffer.from(await desk.artefact(hash)).toString('utf8');
      cli.out.document({ task: task.id, hash, patch });
      // A terminal gets text that cannot hurt it; a file gets the bytes, so that the patch applies.
      if (!cli.out.json) process.stdout.write(cli.out.isTerminal ? visible(patch) : patch);
      return 0;
    }),
});
