import type { Evidence } from '@hive/events';
import type { Colour } from '../terminal/colour.ts';
import { colourOfStatus } from '../terminal/colour.ts';
import { duration } from '../terminal/figures.ts';
import { oneLine } from '../terminal/visible.ts';
import { cut, padEnd } from '../terminal/width.ts';
import { proofFigures, proofMs } from './proof-figures.ts';
import type { TestCounts } from './test-counts.ts';

/** What a settled task is told by. */
export type Settled = {
  readonly key: string;
  readonly status: string;
  readonly code: string | null;
  readonly reason: string | null;
  readonly commit: string | null;
  readonly evidence: Evidence | null;
};

/** How wide the columns are: as wide as what is known to come. */
export type Layout = { readonly keyWidth: number; readonly columns: number; readonly colour: Colour };

const statusWidth = 9;
const figuresWidth = 24;

/** One line for a settled task: what became of it, and the proof or the reason. */
export const taskLine = (task: Settled, layout: Layout, countsOf: (log: string) => TestCounts | null): string => {
  const paint = colourOfStatus(layout.colour, task.status);
  const start = `  ${paint(padEnd(task.status, statusWidth))} ${padEnd(oneLine(task.key), layout.keyWidth)}  `;
  if (task.code !== null || task.evidence === null) {
    const why = [task.code, task.reason === null ? null : oneLine(task.reason)]
      .filter((part) => part !== null)
      .join(': ');
    return (start + cut(why, Math.max(60, layout.columns - statusWidth - layout.keyWidth - 6))).trimEnd();
  }
  const { evidence } = task;
  return [
    start + padEnd(proofFigures(evidence, countsOf), figuresWidth),
    `checked by ${oneLine(evidence.checkedBy.agent)}`,
    duration(proofMs(evidence)),
    ...(task.status === 'merged' && task.commit !== null ? [task.commit.slice(0, 7)] : []),
    ...(task.status === 'completed' ? ['nothing to merge'] : []),
  ].join('   ');
};
