import { hasCode } from '@hive/errors';
import { shortId, type Desk, type Result, type TaskDetail } from '@hive/events';
import type { Cli } from '../cli.ts';
import { defineCommand } from '../command.ts';
import { withDesk } from '../desk/access.ts';
import { printTasks } from '../follow/follow-workflow.ts';
import { tellResult } from '../follow/tell-result.ts';
import { pausedText } from './pause.ts';
import { lastOption, workflowId, type LastOption } from './ids.ts';
import { colourOfStatus } from '../terminal/colour.ts';
import type { Output } from '../terminal/output.ts';
import { table } from '../terminal/table.ts';
import { oneLine, visible } from '../terminal/visible.ts';

export const show = defineCommand<LastOption>({
  name: 'show',
  args: [['[id]', 'of a workflow or task']],
  says: 'Show one workflow with its tasks, or one task',
  options: [lastOption],
  examples: ['hive show --last', 'hive show 1a2b3c4d'],
  run: (cli, [id], options) =>
    withDesk(cli, async (desk) => {
      const asked = workflowId(id, options);
      const result = await workflowOrNull(desk, asked);
      if (result === null) showTask(cli, await desk.task(asked));
      else await showWorkflow(cli, desk, result);
      return 0;
    }),
});

const workflowOrNull = async (desk: Desk, id: string): Promise<Result | null> => {
  try {
    return await desk.workflow(id);
  } catch (error) {
    if (hasCode(error, 'input.unknown_id') && id !== 'last' && error.details['candidates'] === undefined) return null;
    throw error;
  }
};

const showWorkflow = async (cli: Cli, desk: Desk, result: Result): Promise<void> => {
  const { out } = cli;
  out.line(
    `${out.colour.bold(shortId(result.workflow))}  ${oneLine(result.goal)}`,
    `${oneLine(result.repo)} at ${result.base.slice(0, 12)}`,
  );
  if (result.paused)
    out.line(out.colour.yellow(`${pausedText(result.paused)} (hive resume ${shortId(result.workflow)} goes on)`));
  if (!out.json) {
    await printTasks(desk, result, out);
    await printFallbacks(desk, result, out);
    await printWaits(desk, result, out);
  }
  await tellResult(cli, desk, result);
};

const mostWaits = 50;
/** The states in which a step of a task may have been put off. */
const putOff: ReadonlySet<string> = new Set(['ready', 'submitted', 'checked', 'reviewed']);

/** For what tasks wait that were put off, e.g. for a limit of a provider. */
const printWaits = async (desk: Desk, { status, tasks }: Result, out: Output): Promise<void> => {
  if (status !== 'running') return;
  for (const { id, key } of tasks.filter((task) => putOff.has(task.status)).slice(0, mostWaits)) {
    const { waits } = await desk.task(id);
    if (waits?.because === 'later') out.line(out.colour.yellow(`Waits  ${oneLine(key)}: ${oneLine(waits.text)}`));
  }
};

/** No change of a model is silent. */
const printFallbacks = async (desk: Desk, { workflow, tasks }: Result, out: Output): Promise<void> => {
  const { items } = await desk.events({ types: ['model.fell_back'], correlationId: workflow, limit: 100 });
  for (const event of items) {
    if (event.type !== 'model.fell_back') continue;
    const { taskId, role, from, to, because } = event.data;
    const whose = tasks.find(({ id }) => id === taskId)?.key ?? 'plan';
    out.line(`Fell back  ${oneLine(`${whose} ${role ?? ''}: from ${from} to ${to}, because ${because}`)}`);
  }
};

const showTask = ({ out }: Cli, task: TaskDetail): void => {
  out.document(task);
  const { spec } = task;
  const rows: [string, string | null | undefined][] = [
    ['task', `${shortId(task.id)}  ${oneLine(spec.key)}`],
    ['title', oneLine(task.title)],
    ['workflow', shortId(task.workflowId)],
    ['status', colourOfStatus(out.colour, task.status)(task.status)],
    ['why', task.code === null ? null : `${task.code}: ${oneLine(task.reason ?? '')}`],
    ['waits', task.waits?.text],
    ['author', task.author === null ? 'not known yet' : oneLine(task.author)],
    ['kind', spec.kind],
    ['runs', spec.run?.join(' ')],
    ['may touch', spec.paths?.join(', ')],
    ['attempts', String(task.attempts)],
    ['rescues', String(task.rescues)],
    [
      'agents',
      Object.entries(task.agents)
        .map(([step, agent]) => `${step} ${agent}`)
        .join(', ') || null,
    ],
    ['commit', task.commit],
    ['note', task.note === null ? null : oneLine(task.note)],
  ];
  out.line(
    ...table(
      null,
      rows.flatMap(([name, value]) => (value === null || value === undefined ? [] : [[name, oneLine(value)]])),
    ),
  );
  for (const finding of task.findings) out.line(`  ${finding.rule}: ${visible(finding.message)}`);
  if (spec.instructions !== undefined) out.line('', visible(spec.instructions));
};
