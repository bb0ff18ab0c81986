import type { Context } from '@hive/agent-kit';
import {
  ApprovalDocument,
  streams,
  type ApprovalView,
  type NewEvent,
  type Submission,
  type TaskView,
} from '@hive/events';

/** What goes with the intent of a merge that a person has agreed to: fields of `merge.intended`, and that the approval is used up. */
export type UsedApproval = {
  readonly fields: { readonly approvalId: string; readonly actionHash: string };
  readonly events: readonly NewEvent[];
};

/** `ask`: a person has to be asked again, for this reason. */
export type Leave = UsedApproval | { readonly ask: string };

const none: UsedApproval = { fields: {} as UsedApproval['fields'], events: [] };

/**
 * Whether a change may be merged as far as a person was asked about it. Looked at right before the intent is recorded, together with which the
 * approval is used up; the store refuses what is used, over or about something else even if this were wrong. Where nobody was asked there is nothing to use.
 */
export const leaveToMerge = async (
  task: TaskView,
  submission: Submission,
  { bus, artefacts }: Pick<Context, 'bus' | 'artefacts'>,
): Promise<Leave> => {
  if (task.approval === undefined) return none;
  const { id, actionHash } = task.approval;
  const stream = streams.approval(id);
  const { heads, now } = await bus.store.heads([stream]);
  const view = heads.get(stream)?.view as ApprovalView | undefined; // heads of kind approval
  if (view?.state !== 'approved' || view.actionHash !== actionHash)
    return { ask: `What was agreed to about it is ${view?.state ?? 'not there'} and cannot be used` };
  if (view.expiresAt <= now) return { ask: `What was agreed to about it could be used until ${view.expiresAt}` };
  const bytes = await artefacts.get(actionHash);
  const shown = ApprovalDocument.parse(JSON.parse(Buffer.from(bytes).toString('utf8')));
  const wrong = difference(shown, task, submission);
  if (wrong !== null) return { ask: `What was agreed to had another ${wrong}` };
  const of = { approvalId: id, actionHash };
  return { fields: of, events: [{ type: 'approval.consumed', stream, data: { ...of, by: task.id } }] };
};

/** What of an action is not as it was shown; null: nothing. */
const difference = (shown: ApprovalDocument, task: TaskView, { branch, into }: Submission): string | null => {
  if (shown.kind !== 'merge' || shown.taskId !== task.id) return 'task';
  if (shown.patch !== task.patch || shown.commit !== task.commit) return 'change';
  return shown.branch === branch && shown.into === into ? null : 'target';
};

/** Whether two patches add and take away the same lines of the same files, wherever those have moved to. */
export const isSameChange = (one: Uint8Array, other: Uint8Array): boolean => linesOf(one) === linesOf(other);

const linesOf = (patch: Uint8Array): string =>
  Buffer.from(patch)
    .toString('latin1') // every byte counts
    .split('\n')
    .filter((line) => !/^(index |@@ | |\\)/.test(line))
    .join('\n');
