import { shortId } from '@hive/events';
import { defineCommand } from '../command.ts';
import { withDesk } from '../desk/access.ts';
import { oneLine } from '../terminal/visible.ts';

export const retry = defineCommand<{ readonly note?: string }>({
  name: 'retry',
  args: [['<task>', 'the id of a task']],
  says: 'Try a task again that was refused, failed, blocked or cancelled, or that waits',
  options: [{ flags: '--note <text>', says: 'what the author should know this time' }],
  examples: ['hive retry 1a2b3c4d', 'hive retry 1a2b3c4d --note "Keep the old signature"'],
  run: (cli, [id = ''], options) =>
    withDesk(cli, async (desk, access) => {
      const task = await desk.retry(id, options.note === undefined ? {} : { note: options.note });
      cli.out.document(task);
      cli.out.line(
        `${task.status}  ${oneLine(task.key)} (${shortId(task.id)}) is tried again; follow it with hive watch ${shortId(task.workflowId)}`,
      );
      if (!(await access.isStaffed())) cli.out.note('Hive is not running; hive up goes on with it');
      return 0;
    }),
});
