import { defineAgent, workspaceOf } from '@hive/agent-kit';
import type { Workspace } from '@hive/workspace';
import { merge } from './merge.ts';
import { tellLeftMoves } from './merge/left-moves.ts';
import { review } from './review.ts';

/** Judges changes and merges them. Step `review`: rules, and a model where one is configured. Step `merge`: one change at a time onto the workflow's branch. Also tells what became of merges whose task was cancelled meanwhile. */
export default defineAgent<Workspace>({
  name: 'reviewer',
  concurrency: 2,
  open: (ctx) => Promise.resolve(workspaceOf(ctx)),
  steps: { review, merge },
  every: [{ ms: 30_000, run: tellLeftMoves }],
});
