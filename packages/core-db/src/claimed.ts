import { foldStream, type DataOf } from '@hive/events';
import type { Read } from './dialect.ts';
import type { Claimed, StepRow } from './port.ts';
import { caughtUp } from './read-heads.ts';
import type { KeptHead } from './rows.ts';

/** What a claim has won: the step and the head of its stream as their rows are now, and when. */
export type Won = { readonly step: StepRow; readonly head: KeptHead; readonly at: string };

/** What the event of a claim says; `step` is the row after the claim. */
export const claimData = (step: StepRow): DataOf<'task.claimed'> => ({
  taskId: step.taskId,
  step: step.kind,
  attempt: step.attempt,
  token: step.token,
  agent: step.holderAgent ?? '',
  leaseUntil: step.leaseUntil ?? '',
});

/**
 * What was won with its whole view. The kept one stays behind the claim, so that a claim writes little; its holder needs it whole, and gets
 * it without reading the log unless somebody had claimed the stream before.
 */
export const claimedOf = async ({ step, head, at }: Won, read: Read): Promise<Claimed> => {
  if (head.viewVersion === 0 || head.viewVersion !== head.version - 1) {
    const [whole] = await caughtUp([head], read);
    return { step, head: whole ?? head };
  }
  const { viewVersion: _, ...kept } = head;
  const view = foldStream(head.view, { type: 'task.claimed', stream: step.stream, data: claimData(step), at });
  return { step, head: { ...kept, view } };
};
