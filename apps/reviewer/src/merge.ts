import type { Snooze, StepInHand } from '@hive/agent-kit';
import { HiveError, hasCode } from '@hive/errors';
import type { NewEvent } from '@hive/events';
import { changesOf } from './merge/changes.ts';
import { placeOf } from './merge/landing.ts';
import { leavesFor } from './merge/leaves.ts';
import { beginMove, finishMove, giveUpMove, openMove } from './merge/move.ts';
import type { OwnContext } from './merge/own-context.ts';
import { proveForMerge } from './merge/prove-for-merge.ts';
import { rejected } from './merge/told.ts';
import { isStillApproved, readTasks, tellOthers } from './merge/others.ts';

/** After so many checks it goes onto its own branch, and a person hears how to take it from there. */
const mostOvertaken = 3;

const rounds = 5;

/**
 * Puts approved changes onto the workflow's branch: one that stands on its tip as it is, others after a check of what they come to there, and together
 * with those that the queen named. Intents first, then the ref by compare-and-swap, then the outcomes: killed anywhere, the next claim looks at the ref
 * and finishes what was intended, with those very commits; so a holder that wakes late wants the same.
 */
export const merge = async (step: StepInHand, ctx: OwnContext): Promise<readonly NewEvent[] | Snooze> => {
  for (let round = 1; ; round++) {
    try {
      return await mergeAsItStands(step, ctx);
    } catch (error) {
      // Somebody cancelled one of them in the last moment, or told what had been left behind.
      if (round === rounds || !hasCode(error, 'version.conflict')) throw error;
    }
  }
};

const mergeAsItStands = async (
  step: StepInHand,
  ctx: OwnContext,
  overtaken = 0,
): Promise<readonly NewEvent[] | Snooze> => {
  step.signal.throwIfAborted(); // its task may have ended; what was approved of it is in hand still
  const { repo, branch } = step.workflow.submission;
  const begun = await openMove(step, ctx);
  const tip = await ctx.own.tip(repo, branch);
  if (begun && (tip === begun.to || (begun.isOurs && tip === begun.from))) {
    const ended = await finishMove(step, begun, ctx);
    // What others had left behind is told; now its own turn.
    return ended ?? mergeAsItStands(step, ctx);
  }
  if (begun && !(await giveUpMove(step, begun, ctx)))
    return (await finishMove(step, begun, ctx)) ?? mergeAsItStands(step, ctx);

  const onto = await placeOf(step, tip, ctx);
  if (typeof onto === 'object') return onto;
  const changes = await changesOf(step, ctx);
  const { proven, refused } = await proveForMerge(step, changes, { onto }, ctx);
  if (refused && refused.change.task.id === step.task?.id) return rejected(step, refused, ctx);
  if (refused)
    await tellOthers(step, [refused.change.task.id], ctx, ([task]) =>
      task && isStillApproved(task, refused.change) ? rejected(step, refused, ctx) : [],
    );

  const tasks = await readTasks(
    proven.map(({ change }) => change.task.id),
    ctx,
  );
  const isWhole = proven.every(({ change }, index) => isStillApproved(tasks[index], change));
  if (!isStillApproved(tasks[0], changes[0])) throw new HiveError('lease.lost', 'Its task ended meanwhile');
  // Somebody cancelled one of the others: what was checked is not what would go in.
  if (!isWhole) return mergeAsItStands(step, ctx);
  const allowed = await leavesFor(step, proven, ctx);
  if (allowed === 'again') return mergeAsItStands(step, ctx);
  if ('ended' in allowed) return allowed.ended;
  // Somebody else has moved the branch that it goes on into: what was checked would not fit there.
  if (overtaken < mostOvertaken && (await placeOf(step, tip, ctx)) !== onto)
    return mergeAsItStands(step, ctx, overtaken + 1);
  const move = await beginMove(step, allowed, { tip, onto }, ctx);
  return (await finishMove(step, move, ctx)) ?? [];
};
