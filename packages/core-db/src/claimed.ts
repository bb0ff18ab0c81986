import { foldStream, streams, type DataOf } from '@hive/events';
import type { Read } from './dialect.ts';
import type { Claimed, Head, StepRow } from './port.ts';
import { caughtUp, withView } from './read-heads.ts';
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
 * Whether the view lacks the claim alone, or the claim and the one event that may come before the first of a stream: what put its step into the queue
 * unread, of which nothing is left in a view after the claim.
 */
const isUpToClaim = ({ viewVersion, version, token }: KeptHead): boolean =>
  viewVersion > 0 && (viewVersion === version - 1 || (token === 1 && viewVersion === version - 2));

/** The streams of the workflows of what was won, but of steps that are a workflow's own. */
const workflowsOf = (won: readonly Won[]): readonly string[] => [
  ...new Set(won.filter(({ step }) => step.taskId !== null).map(({ step }) => streams.workflow(step.workflowId))),
];

/**
 * What was won with its whole views. The kept ones stay behind the claims, so that a claim writes little; its holder needs them whole, and gets
 * them without reading the log unless somebody had claimed the stream before. `keptOf` answers the kept heads of the workflows.
 */
export const allClaimed = async (
  won: readonly Won[],
  read: Read,
  keptOf: (streams: readonly string[]) => Promise<readonly KeptHead[]>,
): Promise<readonly Claimed[]> => {
  const names = workflowsOf(won);
  const kept = names.length === 0 ? [] : await keptOf(names);
  const behind = won.filter(({ head }) => !isUpToClaim(head));
  const whole = await caughtUp([...behind.map((it) => it.head), ...kept], read);
  const heads = new Map(whole.map((head) => [head.stream, head]));
  const ownHead = ({ step, head, at }: Won): Head =>
    heads.get(head.stream) ??
    withView(head, foldStream(head.view, { type: 'task.claimed', stream: step.stream, data: claimData(step), at }));
  return won.map((it) => {
    const { step } = it;
    const head = ownHead(it);
    return {
      step,
      head,
      workflow: step.taskId === null ? head : (heads.get(streams.workflow(step.workflowId)) ?? null),
    };
  });
};
