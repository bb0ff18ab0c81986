import type { AgentSummary } from '@hive/events';
import type { Cli } from '../cli.ts';
import { defineCommand } from '../command.ts';
import { withDesk } from '../desk/access.ts';
import { colourOfStatus } from '../terminal/colour.ts';
import { ago } from '../terminal/figures.ts';
import { table } from '../terminal/table.ts';
import { oneLine } from '../terminal/visible.ts';
import { cut } from '../terminal/width.ts';

export const agents = defineCommand({
  name: 'agents',
  says: 'List the agents and what each has in hand',
  examples: ['hive agents', 'hive agents --json'],
  run: (cli) =>
    withDesk(cli, async (desk) => {
      const all = await desk.agents();
      cli.out.document({ items: all, next: null });
      cli.out.line(...(all.length === 0 ? ['No agent is there. hive up starts them.'] : agentTable(cli, all)));
      return 0;
    }),
});

/** Agents as a table. */
export const agentTable = ({ out }: Pick<Cli, 'out'>, all: readonly AgentSummary[]): string[] =>
  table(
    ['agent', 'role', 'status', 'in hand', 'pid', 'host', 'started'],
    all.map((agent) => [
      agent.agent,
      agent.role,
      colourOfStatus(out.colour, agent.status)(agent.status),
      agent.step === null ? '' : cut(oneLine(`${agent.step.kind} ${agent.step.title ?? ''}`), 50),
      String(agent.pid),
      oneLine(agent.host),
      ago(agent.startedAt, Date.now()),
    ]),
  );
