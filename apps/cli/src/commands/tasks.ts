import { shortId, type TaskDetail } from '@hive/events';
import type { Cli } from '../cli.ts';
import { defineCommand } from '../command.ts';
import { withDesk } from '../desk/access.ts';
import { lastOption, type LastOption } from './ids.ts';
import { colourOfStatus } from '../terminal/colour.ts';
import { table } from '../terminal/table.ts';
import { oneLine } from '../terminal/visible.ts';
import { cut } from '../terminal/width.ts';

export const tasks = defineCommand<LastOption>({
  name: 'tasks',
  args: [['[id]', 'of a workflow; without it the newest tasks of all']],
  says: 'List tasks and what became of them',
  options: [lastOption],
  examples: ['hive tasks', 'hive tasks --last'],
  run: (cli, [id], options) =>
    withDesk(cli, async (desk) => {
      const workflow = options.last ? 'last' : id;
      const page = await desk.tasks({
        limit: workflow === undefined ? 50 : 2000,
        ...(workflow !== undefined && { workflow }),
      });
      cli.out.document(page);
      cli.out.line(...(page.items.length === 0 ? ['No tasks yet'] : taskTable(cli, page.items)));
      return 0;
    }),
});

const taskTable = ({ out }: Pick<Cli, 'out'>, items: readonly TaskDetail[]): string[] =>
  table(
    ['id', 'status', 'task', 'author', 'title', 'why'],
    items.map((task) => [
      shortId(task.id),
      colourOfStatus(out.colour, task.status)(task.status),
      oneLine(task.key),
      oneLine(task.author ?? ''),
      cut(oneLine(task.title), 50),
      task.code ?? '',
    ]),
  );
