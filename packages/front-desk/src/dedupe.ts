import { derivedId, record, type Bus, type Move } from '@hive/bus';
import type { Head, Store } from '@hive/core-db';
import {
  isWorkflowOpen,
  shortId,
  streams,
  workflowStates,
  type Dedupe,
  type NewEvent,
  type Submission,
  type WorkflowView,
} from '@hive/events';

/** Whoever hands in under a dedupe key moves this cursor on, so that of two who looked at the same moment one begins anew. */
export const dedupeTurnstile = 'dedupe';

const page = 200;
/** Ids order by the clocks of those who made them, and these may differ by so much. */
const clocksMs = 10 * 60_000;
const openStates = workflowStates.filter(isWorkflowOpen);

/** A workflow that has the key already. */
export type Rival = { readonly head: Head; readonly isOpen: boolean; readonly hasBegun: boolean };

/** What becomes of a submission: a rival is kept in its stead, or it is recorded and these are cancelled. */
export type Verdict = { readonly kept: Rival } | { readonly ousted: readonly Rival[] };

/** Who yields to whom. `rivals`: open ones first, each newest first. Pure. */
export const verdictOn = (mode: Dedupe['mode'], rivals: readonly Rival[]): Verdict => {
  const open = rivals.filter((it) => it.isOpen);
  const stays = mode === 'replace' ? undefined : rivals.find((it) => mode !== 'debounce' || !it.isOpen || it.hasBegun);
  return stays ? { kept: stays } : { ousted: open };
};

/** A submission with a key, complete but for the questions who has that key and whether it may be recorded. */
export type Keyed = { readonly submission: Submission; readonly dedupe: Dedupe; readonly idFrom: string | undefined };

/** Who has the key of this submission now. */
export const judge = async (
  store: Store,
  { dedupe, repo }: { readonly dedupe: Dedupe; readonly repo: string },
): Promise<Verdict> => verdictOn(dedupe.mode, await rivalsOf(store, dedupe, repo));

/**
 * Records a submission under its key, and what it replaces as cancelled in the same commit; or answers who is kept in its stead.
 * Of two at the same moment one finds the other.
 */
export const recordKeyed = async (bus: Bus, { submission, dedupe, idFrom }: Keyed): Promise<Verdict> => {
  const { store } = bus;
  const { workflowId, repo } = submission;
  const stream = streams.workflow(workflowId);
  const submitted: NewEvent = { type: 'workflow.submitted', stream, data: submission };
  for (;;) {
    const from = await store.subscription(dedupeTurnstile, 'origin');
    const verdict = await judge(store, { dedupe, repo });
    if ('kept' in verdict) return verdict;
    const olds = verdict.ousted.map((it) => it.head);
    const recorded = await record(store, {
      streams: [stream, ...olds.map((it) => it.stream)],
      cursor: { name: dedupeTurnstile, from, to: { ...from, position: from.position + 1 } },
      onRefused: 'throw',
      newId: bus.around.newId,
      plan: (heads) => {
        const isAsJudged = olds.every((it) => heads.get(it.stream)?.version === it.version);
        return {
          // One that has moved on may have begun, or be over: nothing is recorded, and all is looked at anew.
          moves: isAsJudged ? [{ events: [submitted] }, ...olds.map((old) => cancelling(old, workflowId, dedupe))] : [],
          stamp: {
            correlationId: workflowId,
            causationId: null,
            actor: bus.actor,
            ...(idFrom !== undefined && { commandId: idFrom, id: (n: number) => derivedId(idFrom, `command ${n}`) }),
          },
        };
      },
    });
    if (recorded.status === 'written' && recorded.ids.length > 0) return verdict;
  }
};

/** Told in the trace of the one that is cancelled, as if a person had done it. */
const cancelling = (old: Head, by: string, { key }: Dedupe): Move => ({
  events: [
    {
      type: 'workflow.cancelled',
      stream: old.stream,
      data: { workflowId: old.id, reason: `Workflow ${shortId(by)} takes its place, with the same dedupe key ${key}` },
    },
  ],
  trace: { correlationId: old.correlationId, causationId: old.lastEventId },
});

const rivalsOf = async (store: Store, { key, windowS }: Dedupe, repo: string): Promise<readonly Rival[]> => {
  const isRival = ({ submission }: WorkflowView): boolean => submission.dedupe?.key === key && submission.repo === repo;
  const rivals: Rival[] = [];
  for await (const head of newestFirst(store, openStates))
    if (isRival(viewOf(head))) rivals.push({ head, isOpen: true, hasBegun: await hasBegun(store, head) });
  if (windowS === undefined) return rivals;
  const since = Date.parse(await store.now()) - windowS * 1000;
  for await (const head of newestFirst(store)) {
    const view = viewOf(head);
    const submittedAt = Date.parse(view.submittedAt);
    if (submittedAt < since - clocksMs) break;
    if (submittedAt < since || view.state === 'cancelled' || isWorkflowOpen(view.state) || !isRival(view)) continue;
    rivals.push({ head, isOpen: false, hasBegun: true });
  }
  return rivals;
};

const viewOf = (head: Head) => head.view as WorkflowView; // a head of kind workflow

async function* newestFirst(store: Store, states?: readonly string[]): AsyncIterable<Head> {
  let before: string | undefined;
  for (;;) {
    const heads = await store.listHeads({
      kind: 'workflow',
      limit: page,
      ...(states && { states }),
      ...(before !== undefined && { before }),
    });
    yield* heads;
    before = heads.at(-1)?.id;
    if (heads.length < page) return;
  }
}

/** Whether anybody has worked for it: a task of it was claimed, or a model was asked for its plan. Unpacking a plan that was handed in is no work. */
const hasBegun = async (store: Store, head: Head): Promise<boolean> => {
  const view = viewOf(head);
  if (view.submission.source === 'model' && head.token > 0) return true;
  if (view.tasks.length === 0) return false;
  const tasks = await store.listHeads({ kind: 'task', correlationId: head.correlationId, limit: view.tasks.length });
  return tasks.some((it) => it.token > 0);
};
