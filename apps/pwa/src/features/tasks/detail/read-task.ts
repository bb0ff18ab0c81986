import { everyItem, foldApproval, type ApprovalView, type HiveEvent, type TaskDetail } from '@hive/events';
import type { RoomDesk } from '../../../data/desk.ts';

/** Another task of the same plan. `status` is null where it is not known. */
export type Neighbour = { readonly id: string; readonly key: string; readonly status: string | null };

/** A task with what its page shows of it. */
export type TaskShown = {
  readonly task: TaskDetail;
  readonly repo: string;
  /** Of its stream, and of the calls, merges and approvals that are about it; in log order. */
  readonly events: readonly HiveEvent[];
  readonly needs: readonly Neighbour[];
  readonly neededBy: readonly Neighbour[];
  readonly approvals: readonly ApprovalView[];
};

const beside = ['model.called', 'model.fell_back', 'approval.*', 'merge.rejected'];
const mostCards = 500;

type Reading = Pick<RoomDesk, 'task' | 'events' | 'taskCards' | 'workflow'>;

/** True for an event that changes what the page of a task shows. */
export const isAbout = ({ stream, data }: Pick<HiveEvent, 'stream' | 'data'>, taskId: string): boolean =>
  (stream.startsWith('task/') && stream.endsWith(taskId)) ||
  ((data as { taskId?: unknown }).taskId as string | undefined)?.endsWith(taskId) === true;

const all = async (desk: Reading, filter: NonNullable<Parameters<RoomDesk['events']>[0]>): Promise<HiveEvent[]> => {
  const events: HiveEvent[] = [];
  for await (const event of everyItem(({ limit, after }) =>
    desk.events({ ...filter, limit, ...(after !== undefined && { after: Number(after) }) }),
  ))
    events.push(event);
  return events;
};

/** Reads a task by its id or any unique ending: its own events, and of its workflow only what may be about it. */
export const readTask = async (desk: Reading, asked: string): Promise<TaskShown> => {
  const task = await desk.task(asked);
  const { id, workflowId, createdAt } = task;
  const [own, around, [planned], { items: cards }, { repo }] = await Promise.all([
    all(desk, { stream: `task/${id}` }),
    all(desk, {
      ...{ correlationId: workflowId, types: beside, since: createdAt },
      // A task that has settled is told of for a moment more.
      ...(task.settledAt !== null && { before: new Date(Date.parse(task.settledAt) + 60_000).toISOString() }),
    }),
    all(desk, { stream: `workflow/${workflowId}`, types: ['workflow.plan_generated'] }),
    desk.taskCards({ workflow: workflowId, limit: mostCards }),
    desk.workflow(workflowId),
  ]);
  const plan = planned?.type === 'workflow.plan_generated' ? planned.data.tasks : [];
  const approvalsHere = around.filter((it) => it.type.startsWith('approval.'));
  const mine = new Set(approvalsHere.filter((it) => isAbout(it, id)).map(({ stream }) => stream));
  const events = [...own, ...around.filter((it) => isAbout(it, id) || mine.has(it.stream))];
  const known = new Set<string>();
  const neighbour = (of: string): Neighbour => {
    const card = cards.find((it) => it.id === of);
    return {
      id: of,
      key: card?.key ?? plan.find((it) => it.id === of)?.key ?? of.slice(-8),
      status: card?.status ?? null,
    };
  };
  return {
    task,
    repo,
    events: events.filter((it) => !known.has(it.id) && known.add(it.id)).sort((a, b) => a.position - b.position),
    needs: task.spec.needs.map(neighbour),
    neededBy: plan.filter(({ needs }) => needs.includes(id)).map((it) => neighbour(it.id)),
    approvals: approvalsOf(events),
  };
};

/** What people were asked; an event that a newer Hive tells otherwise is passed over. */
export const approvalsOf = (events: readonly HiveEvent[]): readonly ApprovalView[] => {
  const views = new Map<string, ApprovalView>();
  for (const event of events)
    if (event.stream.startsWith('approval/'))
      try {
        views.set(event.stream, foldApproval(views.get(event.stream) ?? null, event));
      } catch {
        continue;
      }
  return [...views.values()];
};
