import { record } from '@hive/bus';
import {
  isOpen,
  openIntents,
  streams,
  type DataOf,
  type MergeView,
  type NewEvent,
  type TaskView,
  type WorkflowView,
} from '@hive/events';
import { deliveryOf, isSameMove, nameOf } from './move.ts';
import type { OwnContext } from './own-context.ts';
import { mergeStream } from './told.ts';

/** A look sees so many of the newest tasks that ended without a merge; the first one of a process sees all. */
const atOnce = 200;

/** What a process knows of earlier looks: the workflows whose move could not be told yet. */
type Seen = { readonly waiting: Set<string> };
const seenBy = new WeakMap<OwnContext['bus'], Seen>();

/**
 * Tells what became of moves that nobody can tell of any more: their tasks were cancelled or given up between the intent and the outcome, so there is no claim.
 * What has moved is handed over and told; what has not is given up, so that whoever still has it in hand does not move it either.
 */
export const tellLeftMoves = async (ctx: OwnContext): Promise<void> => {
  const { bus } = ctx;
  const seen = seenBy.get(bus);
  const { waiting } = seen ?? { waiting: new Set<string>() };
  if (waiting.size > 0) await tellAmong([...waiting], waiting, ctx);
  let before: string | undefined;
  do {
    const ended = await bus.store.listHeads({
      ...{ kind: 'task', states: ['cancelled', 'failed', 'dead_lettered'], limit: atOnce },
      ...(before !== undefined && { before }),
    });
    await tellAmong([...new Set(ended.map(({ correlationId }) => correlationId))], waiting, ctx);
    before = ended.length < atOnce ? undefined : ended.at(-1)?.id;
  } while (!seen && before !== undefined);
  seenBy.set(bus, { waiting });
};

const tellAmong = async (ids: readonly string[], waiting: Set<string>, ctx: OwnContext): Promise<void> => {
  const { store } = ctx.bus;
  if (ids.length === 0) return;
  const { heads } = await store.heads(ids.map(streams.workflow));
  const workflows = [...heads.values()].map(({ view }) => view as WorkflowView); // heads of kind `workflow` are made by foldWorkflow
  const merges = (await store.heads(workflows.map((workflow) => mergeStream({ workflow })))).heads;
  for (const workflow of workflows) {
    const view = merges.get(mergeStream({ workflow }))?.view as MergeView | undefined; // heads of kind `merge` are made by foldStream
    const told = openIntents(view).length === 0 || (await tellOne(workflow, openIntents(view), ctx).catch(tooEarly));
    if (told === true) {
      waiting.delete(workflow.id);
      continue;
    }
    // Somebody looks at the branch, or has moved it: the others are told, and this is tried again.
    const isNews = !waiting.has(workflow.id);
    waiting.add(workflow.id);
    if (told !== false && isNews)
      ctx.log.warn({ err: told.error, workflowId: workflow.id }, 'what became of a merge cannot be told yet');
  }
};

const tooEarly = (error: unknown) => ({ error });

type Intents = readonly DataOf<'merge.intended'>[];

/** False while somebody else may tell it: one of its tasks is open. */
const tellOne = async (workflow: WorkflowView, intents: Intents, ctx: OwnContext): Promise<boolean> => {
  const { store, around, actor } = ctx.bus;
  const { submission } = workflow;
  const { repo, branch } = submission;
  const { from, to } = intents[0]?.batch ?? intents[0] ?? { from: null, to: '' };
  const stream = mergeStream({ workflow });
  const tasks = intents.map(({ taskId }) => streams.task(taskId));
  const isLeft = (heads: Awaited<ReturnType<typeof store.heads>>['heads']): boolean =>
    [...heads.values()].every(({ kind, view }) => kind !== 'task' || !isOpen((view as TaskView).state)); // made by foldTask
  if (!isLeft((await store.heads(tasks)).heads)) return false;
  const moved = !(await ctx.own.giveUp({ repo, branch, to, move: nameOf(intents) }));
  const into = moved ? (await ctx.own.deliver(deliveryOf(submission, { from, to, intents }))).into : null;
  let isTold = false;
  await record(store, {
    streams: [stream, ...tasks],
    onRefused: 'drop',
    newId: around.newId,
    plan: (heads) => {
      const head = heads.get(stream);
      // Somebody may have told it in between.
      isTold = isSameMove(openIntents(head?.view as MergeView | undefined), intents) && isLeft(heads);
      return {
        moves: isTold ? [{ events: intents.map((intent) => outcomeOf(stream, intent, { moved, into })) }] : [],
        stamp: { correlationId: workflow.id, causationId: head?.lastEventId ?? null, actor },
      };
    },
  });
  if (isTold) ctx.log.info({ workflowId: workflow.id, moved }, 'told the outcome of a merge whose task is over');
  return isTold;
};

const outcomeOf = (
  stream: string,
  { taskId, workflowId, branch, attempt, token, lead, to, evidence }: Intents[number],
  { moved, into }: { readonly moved: boolean; readonly into: string | null },
): NewEvent => {
  const about = { taskId, workflowId, branch, attempt, token, ...(lead !== undefined && { lead }) };
  const reason = 'Its task ended before the branch was moved';
  return moved
    ? { type: 'merge.completed', stream, data: { ...about, commit: to, evidence, into } }
    : { type: 'merge.rejected', stream, data: { ...about, code: 'lease.lost', reason, culprit: lead ?? taskId } };
};
