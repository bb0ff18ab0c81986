import type { Context } from '@hive/agent-kit';
import { record } from '@hive/bus';
import { isOpen, openIntents, streams, type DataOf, type MergeView, type NewEvent, type TaskView } from '@hive/events';
import type { Branches, Git } from './branches.ts';
import { isSameMove, make, moveOf } from './merging.ts';
import type { Workflow } from './workflows.ts';

type Outside = {
  readonly branches: Branches;
  readonly git: Git;
  readonly workflows: ReadonlyMap<string, Workflow>;
};
type Heads = Awaited<ReturnType<Context['bus']['store']['heads']>>['heads'];

/** What the reviewers do about moves whose tasks are all over: what was made is told, and what was not is given up. */
export const tellLeftMoves = async ({ bus }: Pick<Context, 'bus'>, outside: Outside): Promise<void> => {
  for (const { id, submission } of outside.workflows.values()) await tellOne(id, submission.branch, bus, outside);
};

const tellOne = async (
  workflowId: string,
  branch: string,
  { store, around, actor }: Context['bus'],
  { branches, git }: Outside,
): Promise<void> => {
  const stream = streams.merge('repo', branch);
  const openIn = (heads: Heads) => openIntents(heads.get(stream)?.view as MergeView | undefined); // made by foldStream
  const intents = openIn((await store.heads([stream])).heads);
  if (intents.length === 0) return;
  const tasks = intents.map(({ taskId }) => streams.task(taskId));
  if (!areOver((await store.heads(tasks)).heads)) return;
  const move = moveOf(branch, intents);
  const moved = !(await git(around, () => branches.giveUp(move)));
  if (moved) await make(move, { branches, git, around });
  await record(store, {
    streams: [stream, ...tasks],
    onRefused: 'drop',
    newId: around.newId,
    plan: (heads) => ({
      moves:
        isSameMove(openIn(heads), intents) && areOver(heads)
          ? [{ events: intents.map((it) => outcomeOf(stream, it, moved)) }]
          : [],
      stamp: { correlationId: workflowId, causationId: heads.get(stream)?.lastEventId ?? null, actor },
    }),
  });
};

const areOver = (heads: Heads): boolean =>
  [...heads.values()].every(({ kind, view }) => kind !== 'task' || !isOpen((view as TaskView).state)); // made by foldTask

const outcomeOf = (
  stream: string,
  { taskId, workflowId, branch, attempt, token, lead, to, evidence }: DataOf<'merge.intended'>,
  moved: boolean,
): NewEvent => {
  const about = { taskId, workflowId, branch, attempt, token, ...(lead !== undefined && { lead }) };
  return moved
    ? { type: 'merge.completed', stream, data: { ...about, commit: to, evidence, into: null } }
    : {
        type: 'merge.rejected',
        stream,
        data: { ...about, code: 'lease.lost', reason: 'left', culprit: lead ?? taskId },
      };
};
