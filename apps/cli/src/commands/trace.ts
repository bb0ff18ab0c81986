import { defineCommand } from '../command.ts';
import { withDesk } from '../desk/access.ts';
import { eventText, streamText } from '../follow/event-text.ts';
import { traceTree } from '../follow/trace-tree.ts';
import { lastOption, workflowId, type LastOption } from './ids.ts';
import { clock } from '../terminal/figures.ts';
import { table } from '../terminal/table.ts';
import { oneLine } from '../terminal/visible.ts';

export const trace = defineCommand<LastOption>({
  name: 'trace',
  args: [['[id]', 'of a workflow, or a whole correlation id']],
  says: 'Show what led to what: all events of a workflow as a tree, with times',
  options: [lastOption],
  examples: ['hive trace --last', 'hive trace 1a2b3c4d --json'],
  run: (cli, [id], options) =>
    withDesk(cli, async (desk) => {
      const { out } = cli;
      const events = await desk.trace(workflowId(id, options));
      out.document(events);
      out.line(
        ...table(
          null,
          traceTree(events).map(({ event, branch, sinceStartMs }) => [
            clock(event.at, { millis: true }),
            out.colour.dim(`+${(sinceStartMs / 1000).toFixed(3)}`),
            branch + event.type,
            streamText(event),
            out.colour.dim(oneLine(event.actor)),
            eventText(event),
          ]),
        ),
      );
      return 0;
    }),
});
