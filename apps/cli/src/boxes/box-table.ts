import type { BoxSummary } from '@hive/events';
import type { Cli } from '../cli.ts';
import { ago } from '../terminal/figures.ts';
import { table } from '../terminal/table.ts';
import { oneLine } from '../terminal/visible.ts';
import { cut } from '../terminal/width.ts';

const gigabytes = (bytes: number): string => (bytes / 1e9).toFixed(1);

/** Boxes as a table: a line for each model, those in the memory marked by a star. */
export const boxTable = ({ out }: Pick<Cli, 'out'>, boxes: readonly BoxSummary[], now: number): string[] =>
  table(
    ['box', 'status', 'since', 'model (* loaded)', 'context', 'tok/s', 'VRAM', 'at once', 'queue'],
    boxes.flatMap((box) => {
      const [first, ...rest] = box.models;
      const status = box.status === 'quiet' ? `quiet until ${clockOf(box.quietUntil)}` : box.status;
      const memory = box.memory ? `${gigabytes(box.memory.used)}/${gigabytes(box.memory.total)} GB` : '';
      const queue = box.running + box.waiting === 0 ? '' : `${box.running} run, ${box.waiting} wait`;
      const paint = box.status === 'up' ? out.colour.green : box.status === 'away' ? out.colour.red : out.colour.yellow;
      return [
        [
          oneLine(box.name),
          paint(status),
          box.since === null ? '' : ago(box.since, now),
          first ? nameOf(first) : cut(oneLine(box.reason ?? (box.status === 'unknown' ? '' : 'no model')), 50),
          first ? String(first.context) : '',
          first ? speedOf(first) : '',
          memory,
          String(box.parallel),
          queue,
        ],
        ...rest.map((model) => ['', '', '', nameOf(model), String(model.context), speedOf(model), '', '', '']),
      ];
    }),
  );

const nameOf = (model: BoxSummary['models'][number]): string => `${oneLine(model.name)}${model.loaded ? ' *' : ''}`;

const speedOf = ({ tokensPerS }: BoxSummary['models'][number]): string =>
  tokensPerS === null ? '' : tokensPerS.toFixed(tokensPerS < 10 ? 1 : 0);

const clockOf = (moment: string | null): string => {
  const date = new Date(moment ?? '');
  return `${String(date.getHours()).padStart(2, '0')}:${String(date.getMinutes()).padStart(2, '0')}`;
};
