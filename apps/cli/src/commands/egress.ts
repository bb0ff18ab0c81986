import { shortId, type Desk, type EventOf } from '@hive/events';
import type { Cli } from '../cli.ts';
import { defineCommand } from '../command.ts';
import { withDesk } from '../desk/access.ts';
import { bytes, clock } from '../terminal/figures.ts';
import { table } from '../terminal/table.ts';
import { oneLine } from '../terminal/visible.ts';
import { cut } from '../terminal/width.ts';
import { lastOption, type LastOption } from './ids.ts';

type Call = EventOf<'model.called'>;

const pageSize = 500;
const mostCalls = 5000;

export const egress = defineCommand<LastOption>({
  name: 'egress',
  args: [['[id]', 'of a workflow; without it the newest calls of all']],
  says: 'List what left for models: call by call where to, how many bytes, and of which files',
  options: [lastOption],
  examples: ['hive egress --last', 'hive egress 1a2b3c4d --json'],
  run: (cli, [id], options) =>
    withDesk(cli, async (desk) => {
      const asked = options.last ? 'last' : id;
      const calls = asked === undefined ? await newest(desk) : await ofWorkflow(desk, asked);
      for (const call of calls) cli.out.item(rowOf(call));
      cli.out.line(...egressLines(cli, calls));
      return 0;
    }),
});

const isCall = (event: { readonly type: string }): event is Call => event.type === 'model.called';

const newest = async (desk: Desk): Promise<Call[]> => {
  const { items } = await desk.events({ types: ['model.called'], newest: true, limit: 100 });
  return items.filter(isCall).toReversed();
};

const ofWorkflow = async (desk: Desk, id: string): Promise<Call[]> => {
  const { correlationId } = await desk.workflow(id);
  const calls: Call[] = [];
  for (let after = 0; calls.length < mostCalls;) {
    const { items, next } = await desk.events({ types: ['model.called'], correlationId, after, limit: pageSize });
    calls.push(...items.filter(isCall));
    if (next === null) break;
    after = Number(next);
  }
  return calls;
};

/** What a program gets of a call. Calls that were answered from a recording or the cache have sent nothing. */
const rowOf = ({ id, at, data }: Call) => ({
  event: id,
  at,
  callId: data.callId,
  taskId: data.taskId,
  model: data.asked ?? `${data.provider}:${data.model}`,
  destination: data.destination,
  outcome: data.outcome,
  source: data.source,
  bytes: data.source === 'live' ? (data.bytes ?? null) : 0,
  paths: data.paths ?? [],
  denied: data.denied ?? null,
});

/** The list for people, and what it comes to. */
export const egressLines = (
  { out }: { readonly out: Pick<Cli['out'], 'colour'> },
  calls: readonly Call[],
): string[] => {
  if (calls.length === 0) return ['Nothing was sent to a model'];
  const rows = calls.map(rowOf);
  const total = new Map<string, number>();
  for (const row of rows) total.set(row.destination, (total.get(row.destination) ?? 0) + (row.bytes ?? 0));
  return [
    ...table(
      ['at', 'task', 'destination', 'model', 'size', 'files'],
      rows.map((row) => [
        clock(row.at),
        row.taskId === null ? 'plan' : shortId(row.taskId),
        oneLine(row.destination),
        oneLine(row.model),
        row.source !== 'live' ? `none (${row.source})` : row.bytes === null ? 'unknown' : bytes(row.bytes),
        row.denied
          ? out.colour.yellow(
              `refused: ${oneLine(row.denied.rule)}${row.denied.path === null ? '' : `, ${oneLine(row.denied.path)}`}`,
            )
          : cut(row.paths.map(oneLine).join(', '), 100),
      ]),
    ),
    '',
    ...[...total].map(([destination, sum]) => `${oneLine(destination)}  ${bytes(sum)}`),
  ];
};
