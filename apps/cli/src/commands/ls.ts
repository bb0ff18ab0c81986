import { shortId, type WorkflowSummary } from '@hive/events';
import type { Cli } from '../cli.ts';
import { defineCommand } from '../command.ts';
import { withDesk } from '../desk/access.ts';
import { numberOf } from './number-of.ts';
import { colourOfStatus } from '../terminal/colour.ts';
import { ago } from '../terminal/figures.ts';
import { table } from '../terminal/table.ts';
import { oneLine } from '../terminal/visible.ts';
import { cut } from '../terminal/width.ts';

const limitOf = 20;

export const ls = defineCommand<{ readonly limit?: string }>({
  name: 'ls',
  says: 'List workflows, newest first',
  options: [{ flags: '--limit <n>', says: `how many at most (default: ${limitOf})` }],
  examples: ['hive ls', 'hive ls --limit 100 --json'],
  run: (cli, _, options) =>
    withDesk(cli, async (desk) => {
      const page = await desk.workflows({ limit: numberOf('--limit', options.limit, { least: 1 }) ?? limitOf });
      cli.out.document(page);
      if (page.items.length === 0) cli.out.line('No workflow yet. hive run "<goal>" or hive submit CHANGE starts one.');
      else cli.out.line(...workflowTable(cli, page.items));
      if (page.next !== null) cli.out.line('There are more: hive ls --limit N');
      return 0;
    }),
});

/** Workflows as a table. */
export const workflowTable = ({ out }: Pick<Cli, 'out'>, workflows: readonly WorkflowSummary[]): string[] =>
  table(
    ['id', 'status', 'merged', 'goal', 'submitted'],
    workflows.map((workflow) => [
      shortId(workflow.id),
      colourOfStatus(
        out.colour,
        workflow.status,
      )(workflow.paused ? `paused by ${oneLine(workflow.paused.by)}` : workflow.status),
      `${workflow.merged} of ${workflow.tasks}`,
      cut(oneLine(workflow.goal), 60) + (workflow.example ? ' (example)' : ''),
      ago(workflow.submittedAt, Date.now()),
    ]),
  );
