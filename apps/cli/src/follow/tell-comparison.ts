import { exitCodeOf, shortId, type Comparison, type Desk, type Result, type TaskSide } from '@hive/events';
import type { Cli } from '../cli.ts';
import { colourOfStatus } from '../terminal/colour.ts';
import { count, duration } from '../terminal/figures.ts';
import { table } from '../terminal/table.ts';
import { oneLine } from '../terminal/visible.ts';
import { gitCommands } from './git-commands.ts';

const shown = 10;

type Side = Comparison['now'];

/** A replayed or forked workflow beside the one that it was made from, as lines of text. Pure but for the colours. */
export const comparisonLines = (comparison: Comparison, { colour }: Pick<Cli['out'], 'colour'>): string[] => {
  const { then, now, tasks, differences, equal, replay } = comparison;
  const status = (text: string) => colourOfStatus(colour, text)(text);
  const isFork = replay.beyond === 'live';
  const verdict = equal
    ? `${colour.green('equal')} but for ids and times`
    : isFork
      ? 'different'
      : colour.yellow('different');
  const both = (name: string, of: (side: Side) => string) => [name, of(then), of(now)];
  return [
    `${isFork ? 'Fork' : 'Replay'} of ${shortId(then.workflow)}: ${verdict}`,
    ...table(
      ['', shortId(then.workflow), shortId(now.workflow)],
      [
        both('status', (side) => status(side.status)),
        ...tasks.map((task) => [oneLine(task.key), taskText(task.then), `${taskText(task.now)}${treeText(task)}`]),
        both('replayed', ({ replayed }) => callsText(replayed)),
        both('paid', ({ paid }) => (paid.calls === 0 ? 'nothing' : `${callsText(paid)}, ${costText(paid.costUsd)}`)),
        both('time', ({ ms }) => (ms === null ? 'still running' : duration(ms))),
        both('changed', ({ diff }) => `${count(diff.files, 'file')}, +${diff.added} -${diff.removed}`),
      ],
    ),
    ...differences.slice(0, shown).map((text) => `  ${oneLine(text)}`),
    ...(differences.length > shown ? [`  … and ${differences.length - shown} more (--json shows them)`] : []),
  ];
};

const taskText = (side: TaskSide | null): string =>
  side === null ? 'not there' : [side.status, side.code, side.author && oneLine(side.author)].filter(Boolean).join(' ');

const treeText = ({ then, now }: Comparison['tasks'][number]): string => {
  if (!then?.tree || !now?.tree) return '';
  return then.tree === now.tree ? ', same tree' : ', another tree';
};

const callsText = ({ calls, tokens }: { readonly calls: number; readonly tokens: number }): string =>
  `${count(calls, 'call')}, ${count(tokens, 'token')}`;

const costText = (costUsd: number | null): string =>
  costUsd === null ? 'price unknown' : costUsd === 0 ? 'nothing charged' : `${costUsd.toFixed(4)} USD`;

/** The end of a replay or a fork. Exit code: of a replay, 0 when nothing differs; of a fork, that of any workflow. */
export const tellComparison = async (cli: Pick<Cli, 'out' | 'cwd'>, desk: Desk, result: Result): Promise<number> => {
  const comparison = await desk.comparison(result.workflow);
  cli.out.document(comparison);
  cli.out.line(...comparisonLines(comparison, cli.out), ...gitCommands(result, cli.cwd));
  if (comparison.replay.beyond === 'live') return exitCodeOf(result);
  return comparison.equal ? 0 : 1;
};
