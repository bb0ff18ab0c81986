import { shortId, type Desk, type Result } from '@hive/events';
import type { Cli } from '../cli.ts';
import { colourOfStatus } from '../terminal/colour.ts';
import { count } from '../terminal/figures.ts';
import { oneLine } from '../terminal/visible.ts';
import { gitCommands } from './git-commands.ts';

/** How many tasks ended how, in the order of the words: `7 merged, 3 refused`. */
export const outcomes = (result: Pick<Result, 'tasks'>): string => {
  const counts = new Map<string, number>();
  for (const task of result.tasks) counts.set(task.status, (counts.get(task.status) ?? 0) + 1);
  const order = ['merged', 'completed', 'refused', 'failed', 'infra', 'blocked', 'cancelled', 'waiting'];
  const known = [...counts].toSorted(([a], [b]) => order.indexOf(a) - order.indexOf(b));
  return known.map(([status, n]) => `${n} ${status}`).join(', ') || 'no tasks';
};

/** What the models of a workflow cost; empty when none was called. */
export const usageText = ({ usage }: Pick<Result, 'usage'>): string => {
  if (usage.calls === 0) return '';
  const cost =
    usage.costUsd === null
      ? 'price unknown'
      : usage.costUsd === 0
        ? 'nothing charged'
        : `${usage.costUsd.toFixed(4)} USD`;
  return `${count(usage.calls, 'model call')}, ${count(usage.input, 'token')} in, ${count(usage.output, 'token')} out, ${cost}`;
};

/** The end of a workflow: its status, what each task became in short, and the git commands that show and take the branch. */
export const tellResult = async (
  cli: Pick<Cli, 'out' | 'cwd'>,
  desk: Pick<Desk, 'task'>,
  result: Result,
): Promise<void> => {
  const { out, cwd } = cli;
  out.document(result);
  const why = [result.code, result.reason === null ? null : oneLine(result.reason)]
    .filter((part) => part !== null)
    .join(': ');
  const paint = colourOfStatus(out.colour, result.status);
  out.line(`${paint(result.status)}: ${outcomes(result)}${why === '' || result.tasks.length > 0 ? '' : ` (${why})`}`);
  const usage = usageText(result);
  if (usage !== '') out.line(usage);
  const unhappy = result.tasks.find((task) => task.code !== null);
  if (unhappy) out.line(`Why   hive why ${shortId(unhappy.id)}`);
  if (result.status === 'waiting') {
    const waiting = await Promise.all(
      result.tasks.filter((task) => task.status === 'waiting').map((task) => desk.task(task.id)),
    );
    for (const task of waiting) out.line(`Waits  ${shortId(task.id)}  ${oneLine(task.reason ?? task.title)}`);
    for (const { id, action } of result.approvals ?? [])
      out.line(`Agree  hive approve ${shortId(id)}   or  hive deny ${shortId(id)} --reason …   ${oneLine(action)}`);
  }
  if (result.paused?.rule)
    out.line(`Paused ${oneLine(result.paused.reason ?? '')}`, `Go on  hive resume ${shortId(result.workflow)}`);
  out.line(...gitCommands(result, cwd));
};
