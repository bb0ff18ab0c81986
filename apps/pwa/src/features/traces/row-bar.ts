import type { TreeRow } from './causal-tree.ts';
import type { Phase } from './phases.ts';
import type { Trace } from './trace-model.ts';

/** What is drawn at the right of a row: stretches of time, or the moment when there is no length. */
export type RowBar = {
  readonly phases: readonly Phase[];
  readonly point: number | null;
  readonly badAt: number | null;
};

/** The first row of a task shows the whole task, a claim shows what it lasted, a model call its call; all else is a moment. */
export const rowBar = (row: TreeRow, trace: Trace): RowBar => {
  const { event } = row;
  const at = Date.parse(event.at);
  const bar = trace.bars.get(row.subject);
  if (row.head && row.children > 0 && bar) return { phases: bar.phases, point: null, badAt: bar.endedBadlyAt };
  if (event.type === 'model.called')
    return { phases: [{ kind: 'model', from: at - event.data.totalMs, to: at }], point: null, badAt: null };
  if (event.type === 'task.claimed') {
    const lasted = bar?.phases.filter(({ from, kind }) => from === at && kind !== 'queued') ?? [];
    if (lasted.length > 0) return { phases: lasted, point: null, badAt: null };
  }
  return { phases: [], point: at, badAt: null };
};
