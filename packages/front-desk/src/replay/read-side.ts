import type { Artefacts, Store } from '@hive/core-db';
import type { CallView, Desk, HiveEvent, Result, TaskView, WorkflowView } from '@hive/events';
import { readResult, readTasks } from '../read-workflow.ts';
import { patchFigures, type PatchFigures } from './patch-figures.ts';

const many = 100_000;

/** Everything of one workflow that a comparison looks at. */
export type Side = {
  readonly result: Result;
  readonly tasks: readonly TaskView[];
  readonly calls: readonly CallView[];
  readonly events: readonly HiveEvent[];
  readonly diff: PatchFigures;
};

/** Reads one side of a comparison. */
export const readSide = async (
  workflow: WorkflowView,
  { store, artefacts, trace }: { readonly store: Store; readonly artefacts: Artefacts; readonly trace: Desk['trace'] },
): Promise<Side> => {
  const [result, tasks, heads, events] = await Promise.all([
    readResult(store, workflow),
    readTasks(store, workflow),
    store.listHeads({ kind: 'call', correlationId: workflow.id, limit: many }),
    trace(workflow.id),
  ]);
  const calls = heads.flatMap(({ view }) => (view === null ? [] : [view as CallView])); // heads of kind `call` are made by foldStream
  const diff = { files: 0, added: 0, removed: 0 };
  for (const { state, patch } of tasks) {
    const bytes = state === 'merged' && patch !== null ? await artefacts.get(patch) : null;
    if (bytes === null) continue;
    const { files, added, removed } = patchFigures(bytes.toString('utf8'));
    diff.files += files;
    diff.added += added;
    diff.removed += removed;
  }
  return { result, tasks, calls, events, diff };
};
