import type { Snooze, StepInHand } from '@hive/agent-kit';
import type { NoteTerms } from '@hive/bus';
import { hasCode } from '@hive/errors';
import { mergeRules, openIntents, type DataOf, type MergeView, type NewEvent, type Submission } from '@hive/events';
import { failpoint } from '@hive/failpoints';
import type { Delivery } from '@hive/workspace';
import type { Allowed } from './leaves.ts';
import { isStillApproved, stillApproved, tellOthers } from './others.ts';
import type { OwnContext } from './own-context.ts';
import { about, mergedOne, mergeStream } from './told.ts';

type Intent = DataOf<'merge.intended'>;

/** One move of the branch from `from` to `to`, and the intents that it consists of and that have no outcome yet. */
export type Move = {
  readonly from: string | null;
  readonly to: string;
  readonly intents: readonly Intent[];
  /** It was begun for this very step. */
  readonly isOurs: boolean;
};

const longestWaitMs = 60_000;

/** The move that was begun on this branch and whose outcome is not told yet. */
export const openMove = async (step: StepInHand, { bus }: Pick<OwnContext, 'bus'>): Promise<Move | null> => {
  const stream = mergeStream(step);
  const { heads } = await bus.store.heads([stream]);
  return moveOf(step, openIntents(heads.get(stream)?.view as MergeView | undefined)); // heads of kind `merge` are made by foldStream
};

const moveOf = (step: StepInHand, intents: readonly Intent[]): Move | null => {
  const [first] = intents;
  if (!first) return null;
  const { from, to } = first.batch ?? first;
  const { id, commit } = step.task ?? {};
  const isOurs = intents.some((it) => it.taskId === id && it.lead === undefined && it.change === commit);
  return { from, to, intents, isOurs };
};

/** Makes the commits that go in, each with its evidence named, and records that they shall. Nothing has moved yet. Throws `version.conflict` where one of them is not approved any more. */
export const beginMove = async (
  step: StepInHand,
  changes: readonly Allowed[],
  { tip, onto }: { readonly tip: string | null; readonly onto: string },
  ctx: OwnContext,
): Promise<Move> => {
  const { repo, policy } = step.workflow.submission;
  const isMerge = mergeRules(policy?.merge).strategy === 'merge';
  const sealed: { readonly from: string | null; readonly to: string }[] = [];
  for (const { change, head, evidence } of changes) {
    const before = sealed.at(-1)?.to;
    const from = before ?? tip;
    const parents = [before ?? onto, ...(isMerge ? [change.commit] : [])];
    sealed.push({ from, to: await ctx.own.seal({ repo, commit: head, parents, evidence }) });
  }
  await failpoint('merge.sealed');
  const to = sealed.at(-1)?.to;
  if (to === undefined) throw new Error('a merge of nothing');
  const batch = changes.length > 1 ? { batch: { from: tip, to } } : {};
  const intents = changes.flatMap(({ change, evidence, leave }, index): Intent[] => {
    const move = sealed[index];
    return move
      ? [{ ...about(step, change.task.id), ...move, change: change.commit, evidence, ...batch, ...leave.fields }]
      : [];
  });
  const stream = mergeStream(step);
  await step.note(
    [
      ...intents.map((data): NewEvent => ({ type: 'merge.intended', stream, data })),
      ...changes.flatMap(({ leave }) => leave.events),
    ],
    { provided: stillApproved(changes) },
  );
  await failpoint('merge.intent');
  return { from: tip, to, intents, isOurs: true };
};

/**
 * Moves the branch and tells what became of each change; may be repeated after any interruption. Answers the events that end the step, or null when
 * the move was of others.
 */
export const finishMove = async (
  step: StepInHand,
  { from, to, intents }: Move,
  ctx: OwnContext,
): Promise<readonly NewEvent[] | Snooze | null> => {
  step.signal.throwIfAborted();
  const delivery = deliveryOf(step.workflow.submission, { from, to, intents });
  const delivered = await ctx.own.deliver(delivery).catch((error: unknown): Snooze => {
    // The user is looking at the branch: that is no failure, and may take all day.
    if (!hasCode(error, 'branch.checked_out')) throw error;
    return { snoozeMs: Math.min(longestWaitMs, 500 * 2 ** Math.min(step.mark.attempt, 10)), reason: error.message };
  });
  if ('snoozeMs' in delivered) return delivered;
  const own = intents.find((it) => it.taskId === step.task?.id && it.change === step.task.commit);
  const others = intents.filter((it) => it !== own);
  await tellOthers(
    step,
    others.map(({ taskId }) => taskId),
    ctx,
    (tasks) =>
      others.flatMap((intent, index) => {
        const task = tasks[index];
        const waits = task && isStillApproved(task, { commit: intent.change });
        return mergedOne(step, intent, { task: waits ? task : null, into: delivered.into });
      }),
    own ? {} : stillOpen(step, intents),
  );
  await failpoint('merge.others');
  await failpoint('merge.outcome');
  return own ? mergedOne(step, own, { task: step.task, into: delivered.into }) : null;
};

/** What is handed over by a move. */
export const deliveryOf = (
  { repo, branch, base, into }: Submission,
  { from, to, intents }: Omit<Move, 'isOurs'>,
): Delivery => {
  const notes = intents.map(({ to: commit, evidence }) => ({ commit, evidence }));
  const move = nameOf(intents);
  return { repo, branch, from, to, move, notes, into: into === null ? null : { branch: into, base } };
};

/** The terms of a note about a move that was left behind: nobody has told of it meanwhile. */
const stillOpen = (step: StepInHand, intents: readonly Intent[]): NoteTerms => {
  const stream = mergeStream(step);
  return {
    provided: {
      streams: [stream],
      holds: (heads) => isSameMove(openIntents(heads.get(stream)?.view as MergeView | undefined), intents), // heads of kind `merge` are made by foldStream
    },
  };
};

/** Whether these are the open intents of one and the same move. */
export const isSameMove = (now: readonly Intent[], then: readonly Intent[]): boolean =>
  now.length === then.length && now.every((it, n) => it.to === then[n]?.to && it.token === then[n].token);

/** A claim intends one move at most: by whose task it was led, and its token. */
export const nameOf = ([first]: readonly Intent[]): string => {
  if (!first) throw new Error('a move of nothing');
  return `${first.lead ?? first.taskId}/${first.token}`;
};

/** Its lead ended (was cancelled, say) before the branch was moved. False: it has just been moved after all, by a holder that woke late. */
export const giveUpMove = async (step: StepInHand, { to, intents }: Move, ctx: OwnContext): Promise<boolean> => {
  const { repo, branch } = step.workflow.submission;
  if (!(await ctx.own.giveUp({ repo, branch, to, move: nameOf(intents) }))) return false;
  const reason = 'The task that led its merge ended before the branch was moved';
  const stream = mergeStream(step);
  await step.note(
    intents.map(({ taskId, lead = taskId }): NewEvent => ({
      type: 'merge.rejected',
      stream,
      data: { ...about(step, taskId), code: 'lease.lost', reason, culprit: lead },
    })),
    stillOpen(step, intents),
  );
  return true;
};
