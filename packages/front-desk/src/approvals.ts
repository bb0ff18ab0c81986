import type { Bus } from '@hive/bus';
import type { Artefacts, Head, Store } from '@hive/core-db';
import { HiveError, hasCode } from '@hive/errors';
import {
  ApprovalDocument,
  DecideRequest,
  confirmationOf,
  isNamed,
  mayDecide,
  streams,
  type ApprovalSummary,
  type ApprovalView,
  type Desk,
  type NewEvent,
  type TaskView,
} from '@hive/events';
import { commandUnder, isRecorded, type Commands } from './commands.ts';
import { called, findHead } from './find-id.ts';
import { pageLimit, pageOf } from './page.ts';
import { parseAs } from './parse-as.ts';

const many = 10_000;

/** What waits for a person, what they were shown, and their decision. A decision is bound to the hash of what they saw. */
export const createApprovals = (
  bus: Bus,
  { command }: Commands,
  artefacts: Artefacts,
): Pick<Desk, 'approvals' | 'approval' | 'decide'> => {
  const { store } = bus;

  const summary = async (view: ApprovalView): Promise<ApprovalSummary> => {
    const { patch: _, ...shown } = view;
    const bytes = await artefacts.get(view.actionHash);
    return {
      ...shown,
      decidedOn: view.decidedOn ?? null,
      document: bytes && ApprovalDocument.parse(JSON.parse(bytes.toString('utf8'))),
    };
  };

  return {
    approvals: async ({ state = 'open', workflow, after, limit: asked } = {}) => {
      const limit = pageLimit(asked);
      const correlationId = workflow === undefined ? undefined : (await findHead(store, 'workflow', workflow)).id;
      const heads = await store.listHeads({
        kind: 'approval',
        limit: limit + 1,
        ...(state === 'open' && { states: ['open'] }),
        ...(correlationId !== undefined && { correlationId }),
        ...(after !== undefined && { before: after }),
      });
      const page = pageOf(heads, limit, { key: (head) => head.id, item: viewOf });
      return { items: await Promise.all(page.items.map(summary)), next: page.next };
    },

    approval: async (text) => summary(viewOf(await findRequest(store, text))),

    decide: async (text, asked, { key, device } = {}) => {
      const { decision, actionHash, reason, confirm, by = 'owner' } = parseAs(DecideRequest, asked, 'The decision');
      if (decision === 'deny' && reason === undefined)
        throw new HiveError('input.invalid', 'Say why: a denial goes to the author with its reason');
      const head = await findRequest(store, text);
      const view = viewOf(head);
      const is = { approve: ['approved', 'used'], deny: ['denied'] }[decision];
      // Whoever repeats an answer gets what it was answered; under its key also when that is over by now.
      if (is.includes(view.state) && view.actionHash === actionHash) return summary(view);
      const idFrom = commandUnder(view.id, 'decision', key);
      if (view.decidedAt !== null && (await isRecorded(store, idFrom))) return summary(view);
      await assertDecidable(store, view, { actionHash, actor: bus.actor });
      if (decision === 'approve') assertConfirmed(await summary(view), { by, confirm });
      const now = await store.now();
      const lifetimeMs = Date.parse(view.expiresAt) - Date.parse(view.requestedAt);
      const events: NewEvent[] = [
        {
          type: 'approval.decided',
          stream: head.stream,
          data: {
            ...{ approvalId: view.id, actionHash, decision, by: `human/${by}` },
            expiresAt: new Date(Date.parse(now) + lifetimeMs).toISOString(),
            ...(reason !== undefined && { reason }),
            ...(device !== undefined && { device }),
          },
        },
      ];
      try {
        await command(events, head.correlationId, head.stream, idFrom);
      } catch (error) {
        const met = viewOf(await findRequest(store, view.id)); // another answer, or this one a second time, at the same moment
        if (is.includes(met.state)) return summary(met);
        throw met.decidedAt === null ? error : decidedAlready(met);
      }
      return summary(viewOf(await findRequest(store, view.id)));
    },
  };
};

/** The requests about a workflow that wait for a decision. */
export const openApprovals = async (store: Store, correlationId: string): Promise<readonly ApprovalView[]> =>
  (await store.listHeads({ kind: 'approval', states: ['open'], correlationId, limit: many })).map(viewOf);

const viewOf = (head: Pick<Head, 'view'>): ApprovalView => head.view as ApprovalView; // heads of kind approval

/** Throws the sentence that tells a person why there is nothing to decide: it is over, or it is not what they saw. */
const assertDecidable = async (
  store: Store,
  view: ApprovalView,
  { actionHash, actor }: { readonly actionHash: string; readonly actor: string },
): Promise<void> => {
  const changed = (what: string) =>
    new HiveError('approval.changed', `${what}; look at it again: hive approvals`, { details: { id: view.id } });
  if (view.decidedAt !== null) throw decidedAlready(view);
  if (view.state !== 'open' && view.reason === null) throw expired(view);
  if (view.state !== 'open') throw changed(`Approval ${called(view)} is over: ${view.reason}`);
  if (view.actionHash !== actionHash)
    throw changed(`What you saw is not what approval ${called(view)} is about any more`);
  if ((await store.now()) >= view.expiresAt) throw expired(view);
  if (!mayDecide(view, actor))
    throw new HiveError('auth.forbidden', `${actor} cannot decide what ${view.proposer} proposes`);
  if (view.taskId === null || view.kind === 'egress') return; // of what is sent, its end tells
  const stream = streams.task(view.taskId);
  const task = (await store.heads([stream])).heads.get(stream)?.view as TaskView | undefined;
  if (task?.state !== 'waiting' || task.patch !== view.patch)
    throw changed(`Task ${called({ id: view.taskId })} has moved on since approval ${called(view)} was asked for`);
};

/** What cannot be taken back is agreed to by the person whom it names, who types what it is about. To stop it, anybody may who may decide. */
const assertConfirmed = (
  asked: ApprovalSummary,
  { by, confirm }: { readonly by: string; readonly confirm: string | undefined },
): void => {
  if (asked.tier !== 'T3') return;
  const { assignedTo } = asked;
  const what = `Approval ${called(asked)} cannot be taken back`;
  if (assignedTo === null || !isNamed(by, assignedTo))
    throw new HiveError(
      'auth.forbidden',
      `${what}, and only ${assignedTo ?? 'whom policies.approvals.approver names'} may agree to it; this is ${by}`,
    );
  const expected = confirmationOf(asked);
  if (expected === null) throw new HiveError('approval.changed', `${what}, and what it is about is gone; deny it`);
  if (confirm !== expected)
    throw new HiveError(
      'input.invalid',
      `${what}: confirm it with the name of the branch that it ends on, ${expected}`,
      {
        details: { confirm: expected },
      },
    );
};

const expired = (view: ApprovalView): HiveError =>
  new HiveError('approval.expired', `Approval ${called(view)} could be decided until ${view.expiresAt}`, {
    details: { id: view.id, expiresAt: view.expiresAt },
  });

const decidedAlready = (view: ApprovalView): HiveError => {
  const { id, state, decidedBy, decidedOn = null, decidedAt, reason } = view;
  const why = reason === null ? '' : ` (${reason})`;
  const what = state === 'denied' ? 'denied' : 'approved';
  return new HiveError(
    'approval.decided',
    `Approval ${called(view)} is decided already: ${what} by ${decidedBy ?? 'a person'}${why}`,
    { details: { id, state, decidedBy, decidedOn, decidedAt } },
  );
};

/** By its own id or ending, or by that of a task or workflow with exactly one open request. */
const findRequest = async (store: Store, text: string): Promise<Head> => {
  const own = await orNull(() => findHead(store, 'approval', text));
  if (own) return own;
  const task = await orNull(() => findHead(store, 'task', text));
  const workflow = task ? null : await orNull(() => findHead(store, 'workflow', text));
  const correlationId = task?.correlationId ?? workflow?.id;
  if (correlationId === undefined) return findHead(store, 'approval', text); // says that there is none
  const heads = await store.listHeads({ kind: 'approval', states: ['open'], correlationId, limit: many });
  const open = task ? heads.filter((head) => viewOf(head).taskId === task.id) : heads;
  if (open.length === 1 && open[0]) return open[0];
  const what = `${task ? 'Task' : 'Workflow'} ${called(task ?? { id: correlationId })}`;
  throw new HiveError(
    'input.unknown_id',
    open.length === 0
      ? `${what} waits for no approval; hive approvals shows what does`
      : `${what} has ${open.length} open requests: ${open.map(called).join(', ')}; name one of them`,
    { details: { id: text, candidates: open.map(({ id }) => id) } },
  );
};

const orNull = async <T>(find: () => Promise<T>): Promise<T | null> => {
  try {
    return await find();
  } catch (error) {
    const isNone = hasCode(error, 'input.unknown_id') && error.details['candidates'] === undefined;
    if (isNone) return null;
    throw error;
  }
};
