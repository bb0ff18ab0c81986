import type { Bus } from '@hive/bus';
import type { StepChange, StepRow } from '@hive/core-db';
import { HiveError, hasCode } from '@hive/errors';
import { isModelAuthor, openIntents, streams, type MergeView, type Submission, type TaskView } from '@hive/events';
import { called } from './find-id.ts';
import { branchStream } from './landed.ts';

const rounds = 5;
const many = 1000;

/** What goes back: with which words, and under which id the command is known. */
type Asked = { readonly submission: Submission; readonly note: string | undefined; readonly idFrom?: string };

/**
 * Sends an approved change back to its author while it only waits for its merge. A merge may take along other changes than its own, so this is safe
 * while no step `merge` of the workflow is claimed and no move of its branch is intended: those steps are part of the commit, each as it was read, and
 * whoever claims one of them meanwhile has this begin anew. Throws `input.state` once the merge has begun, with what happens next.
 */
export const createReturnApproved = (bus: Bus) => {
  const { store } = bus;

  const tryOnce = async (taskId: string, { submission, note, idFrom }: Asked): Promise<void> => {
    const stream = streams.task(taskId);
    const workflowId = submission.workflowId;
    // Before the intents: whatever is intended after this has changed the token of its step.
    const steps = await store.steps({
      workflowId,
      states: ['ready', 'scheduled', 'paused', 'parked', 'claimed'],
      limit: many,
    });
    const branch = branchStream(submission);
    const { heads } = await store.heads([stream, branch]);
    const task = heads.get(stream)?.view as TaskView; // the caller has read it, and nothing is ever taken away
    const merges = steps.filter(({ kind }) => kind === 'merge');
    const intents = openIntents(heads.get(branch)?.view as MergeView | undefined); // heads of kind `merge` are made by foldStream
    assertReturnable(task, { note, merges, hasIntent: intents.some((it) => it.taskId === taskId) });
    await bus.command({
      events: [{ type: 'task.returned', stream, data: { taskId, findings: [...task.findings], note: note ?? '' } }],
      correlationId: workflowId,
      on: stream,
      changeSteps: merges.map((step) => withdrawn(step, taskId)),
      ...(idFrom !== undefined && { idFrom, commandId: idFrom }),
    });
  };

  return async (taskId: string, asked: Asked): Promise<void> => {
    for (let round = 1; ; round++) {
      try {
        return await tryOnce(taskId, asked);
      } catch (error) {
        const hasMoved = hasCode(error, 'version.conflict') || hasCode(error, 'transition.refused');
        if (!hasMoved || round === rounds) throw error;
      }
    }
  };
};

/** Its own step is done with; that of another change stays as it is, and has to be. */
const withdrawn = ({ id, state, token, taskId: of, lastEventId }: StepRow, taskId: string): StepChange => ({
  id,
  expect: { state, token },
  set: of === taskId ? { state: 'cancelled' } : { lastEventId },
});

const assertReturnable = (
  task: TaskView,
  {
    note,
    merges,
    hasIntent,
  }: { readonly note: string | undefined; readonly merges: readonly StepRow[]; readonly hasIntent: boolean },
): void => {
  const name = `Task ${called(task)} (${task.spec.key})`;
  if (task.state !== 'reviewed')
    throw new HiveError('input.state', `${name} has just changed: it is ${task.state} now; look at it again`);
  if (!isModelAuthor(task.author ?? ''))
    throw new HiveError(
      'input.state',
      `${name} is approved and queued for its merge, and its author is no model that could read a note; cancel it instead`,
    );
  if (note === undefined || note.trim() === '')
    throw new HiveError(
      'input.invalid',
      `${name} is approved and queued for its merge; to return it, say in a note what should be different`,
    );
  if (hasIntent || merges.some(({ state }) => state === 'claimed'))
    throw new HiveError(
      'input.state',
      `A merge into the branch of ${name} has begun: in a moment it is merged, or it can be returned again`,
    );
  if (merges.length === 0)
    throw new HiveError('input.state', `${name} is just being queued for its merge; try again in a moment`);
};
