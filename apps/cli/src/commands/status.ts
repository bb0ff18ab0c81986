import { readRun } from '@hive/config';
import { isWorkflowOpen, type Alert, type WorkflowState } from '@hive/events';
import { defineCommand } from '../command.ts';
import { withDesk } from '../desk/access.ts';
import { agentTable } from './agents.ts';
import { workflowTable } from './ls.ts';
import { agentPauseLines, pauseLines } from './pause.ts';
import { bytes, count } from '../terminal/figures.ts';
import { oneLine } from '../terminal/visible.ts';

export const status = defineCommand({
  name: 'status',
  says: 'Show whether Hive runs, who works, and what is under way',
  examples: ['hive status', 'hive status --json'],
  run: (cli) =>
    withDesk(cli, async (desk, access) => {
      const { out } = cli;
      const { home } = await cli.config();
      const [health, agents, page] = await Promise.all([desk.health(), desk.agents(), desk.workflows({ limit: 100 })]);
      // The states of the list are those of the table, and `waiting`, which is open too.
      const open = page.items.filter((it) => it.status === 'waiting' || isWorkflowOpen(it.status as WorkflowState));
      const run = access.url === null ? null : { url: access.url, pid: readRun(home)?.pid ?? null };
      out.document({ home, run, health, agents, open });
      out.line(
        run === null
          ? `Hive is not running on ${home}`
          : `Hive ${health.version} runs at ${run.url}${run.pid === null ? '' : ` (pid ${run.pid})`}`,
      );
      out.line(
        `${health.database.name} ${health.database.version}, ${bytes(health.database.bytes)}, ${count(health.head, 'event')}` +
          ` · steps: ${Object.entries(health.steps)
            .map(([state, n]) => `${n} ${state}`)
            .join(', ')}` +
          ` · ${count(health.deadLetters, 'dead letter')}`,
      );
      const lack = health.disk?.lack;
      if (lack) out.line(out.colour.red(lack));
      // How much is free now says more than how much was free when the alert was raised.
      const alerts = (health.alerts ?? []).filter(({ alert }) => !(lack && alert.startsWith('disk.low@')));
      out.line(...alerts.map(alertLine).map(out.colour.red));
      out.line(
        ...(health.limits ?? []).map(({ of, kind, until, waiting }) =>
          out.colour.yellow(`The ${kind} limit of ${of} is met until ${until}; ${count(waiting, 'step')} wait for it`),
        ),
      );
      out.line(...[...pauseLines(health.paused), ...agentPauseLines(health.pausedAgents ?? {})].map(out.colour.yellow));
      if (agents.length > 0) out.line('', ...agentTable(cli, agents));
      out.line('', ...(open.length === 0 ? ['Nothing is under way'] : workflowTable(cli, open)));
      return 0;
    }),
});

const alertLine = ({ message, acknowledged }: Alert): string =>
  `${oneLine(message)}${acknowledged === undefined ? '' : ` (seen by ${oneLine(acknowledged.by)})`}`;
