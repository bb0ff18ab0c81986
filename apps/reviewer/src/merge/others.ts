import type { StepInHand } from '@hive/agent-kit';
import type { NoteTerms, Provided } from '@hive/bus';
import { hasCode } from '@hive/errors';
import { streams, type NewEvent, type TaskView } from '@hive/events';
import type { Change } from './changes.ts';
import type { OwnContext } from './own-context.ts';

const tries = 5;

/** Tasks as they are now, in this order; undefined where there is none. */
export const readTasks = async (
  ids: readonly string[],
  { bus }: Pick<OwnContext, 'bus'>,
): Promise<readonly (TaskView | undefined)[]> => {
  if (ids.length === 0) return [];
  const { heads } = await bus.store.heads(ids.map(streams.task));
  return ids.map((id) => heads.get(streams.task(id))?.view as TaskView | undefined); // heads of kind `task` are made by foldTask
};

/** Whether a task still waits for its merge, with the very change that was looked at. */
export const isStillApproved = (
  task: TaskView | undefined,
  { commit }: { readonly commit: string | undefined },
): boolean => task?.state === 'reviewed' && task.commit === commit;

/** The terms of a note that all of these changes still wait for their merge. */
export const stillApproved = (changes: readonly { readonly change: Change }[]): Provided => ({
  streams: changes.map(({ change }) => streams.task(change.task.id)),
  holds: (heads) =>
    changes.every(({ change }) =>
      isStillApproved(heads.get(streams.task(change.task.id))?.view as TaskView | undefined, change),
    ), // heads of kind `task` are made by foldTask
});

/** Tells, under the claim of the step, what became of other tasks. `eventsOf` sees them as they are: one that was cancelled meanwhile hears nothing. */
export const tellOthers = async (
  step: StepInHand,
  ids: readonly string[],
  ctx: OwnContext,
  eventsOf: (tasks: readonly (TaskView | undefined)[]) => readonly NewEvent[],
  terms?: NoteTerms,
): Promise<void> => {
  for (let attempt = 1; ; attempt++) {
    const events = eventsOf(await readTasks(ids, ctx));
    if (events.length === 0) return;
    try {
      return await step.note(events, terms);
    } catch (error) {
      if (attempt === tries || !hasCode(error, 'transition.refused')) throw error;
    }
  }
};
