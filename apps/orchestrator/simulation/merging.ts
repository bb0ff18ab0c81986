import type { Context, StepInHand } from '@hive/agent-kit';
import { rest, type NoteTerms, type Surroundings } from '@hive/bus';
import { HiveError, hasCode } from '@hive/errors';
import {
  openIntents,
  streams,
  type DataOf,
  type Evidence,
  type MergeView,
  type NewEvent,
  type TaskView,
} from '@hive/events';
import { newSha, type Branches, type Git } from './branches.ts';
import type { Chance } from './chance.ts';

type Intent = DataOf<'merge.intended'>;
type Hand = { readonly step: StepInHand; readonly ctx: Pick<Context, 'bus' | 'agent'>; readonly task: TaskView };
type Outside = {
  readonly chance: Chance;
  readonly branches: Branches;
  readonly git: Git;
  /** Takes its time, and meets the faults of its seed. */
  readonly take: (step: StepInHand, ctx: Pick<Context, 'bus' | 'agent'>) => Promise<void>;
};

const rounds = 5;

/** The merge of the reviewer, step for step: its own change and those that the queen named, one of which may be the one that turns them red. */
export const mergeAs = async (hand: Hand, outside: Outside): Promise<readonly NewEvent[]> => {
  for (let round = 1; ; round++) {
    try {
      return await mergeAsItStands(hand, outside);
    } catch (error) {
      if (round === rounds || !hasCode(error, 'version.conflict')) throw error;
    }
  }
};

const mergeAsItStands = async (hand: Hand, outside: Outside): Promise<readonly NewEvent[]> => {
  const { step, ctx, task } = hand;
  const { branches, git } = outside;
  const { around } = ctx.bus;
  step.signal.throwIfAborted();
  const { branch } = step.workflow.submission;
  const stream = branchOf(hand);
  const { heads } = await ctx.bus.store.heads([stream]);
  const intents = openIntents(heads.get(stream)?.view as MergeView | undefined); // made by foldStream
  const tip = await git(around, () => branches.tip(branch));
  if (intents.length > 0) {
    const begun = moveOf(branch, intents);
    const isOurs = intents.some((it) => it.taskId === task.id && it.lead === undefined && it.change === task.commit);
    const isToBeMade = tip === begun.to || (isOurs && tip === begun.from);
    if (isToBeMade || !(await git(around, () => branches.giveUp(begun))))
      return (await finish(hand, intents, outside)) ?? mergeAsItStands(hand, outside);
    const given = intents.map(({ taskId, lead = taskId }): NewEvent => ({
      type: 'merge.rejected',
      stream,
      data: { ...about(hand, taskId), code: 'lease.lost', reason: 'given up', culprit: lead },
    }));
    await step.note(given, stillOpen(stream, intents));
  }

  const tasks = [task, ...(await othersOf(hand))];
  await outside.take(step, ctx); // the check
  const culprit = tasks.length > 1 && outside.chance.next() < 0.3 ? outside.chance.below(tasks.length) : null;
  const red = culprit === null ? undefined : tasks[culprit];
  if (red === task) return refused(hand, task);
  if (red) await tell(hand, [red.id], ([it]) => (it && isApproved(it, red.commit) ? refused(hand, it) : []));
  const green = culprit === null ? tasks : tasks.slice(0, culprit);
  const now = await read(
    hand,
    green.map(({ id }) => id),
  );
  if (!isApproved(now[0], task.commit)) throw new HiveError('lease.lost', 'Its task ended meanwhile');
  if (!green.every(({ commit }, n) => isApproved(now[n], commit))) return mergeAsItStands(hand, outside);
  const intended = intentsFor(hand, green, { tip, chance: outside.chance });
  await step.note(
    intended.map((data): NewEvent => ({ type: 'merge.intended', stream, data })),
    { provided: stillApproved(green) },
  );
  return (await finish(hand, intended, outside)) ?? [];
};

const intentsFor = (
  hand: Hand,
  tasks: readonly TaskView[],
  { tip, chance }: { readonly tip: string | null; readonly chance: Chance },
): readonly Intent[] => {
  const commits = tasks.map(() => newSha(chance));
  const to = commits.at(-1) ?? '';
  const batch = tasks.length > 1 ? { batch: { from: tip, to } } : {};
  return tasks.flatMap(({ id, commit, evidence, reviewers }, n): Intent[] => {
    if (commit === null || evidence === null) return [];
    const signed: Evidence = { ...evidence, reviewers: [...reviewers] };
    const move = { from: commits[n - 1] ?? tip, to: commits[n] ?? '' };
    return [{ ...about(hand, id), ...move, change: commit, evidence: signed, ...batch }];
  });
};

const finish = async (
  hand: Hand,
  intents: readonly Intent[],
  { branches, git, take }: Outside,
): Promise<readonly NewEvent[] | null> => {
  const { step, ctx, task } = hand;
  await take(step, ctx);
  step.signal.throwIfAborted();
  const move = moveOf(step.workflow.submission.branch, intents);
  await make(move, { branches, git, around: ctx.bus.around });
  const own = intents.find((it) => it.taskId === task.id && it.change === task.commit);
  const others = intents.filter((it) => it !== own);
  await tell(
    hand,
    others.map(({ taskId }) => taskId),
    (tasks) => others.flatMap((it, n) => merged(hand, it, isApproved(tasks[n], it.change) ? tasks[n] : undefined)),
    own ? {} : stillOpen(branchOf(hand), intents),
  );
  return own ? merged(hand, own, task) : null;
};

/** What these intents come to, under the name of the claim that recorded them. */
export const moveOf = (branch: string, intents: readonly Intent[]) => {
  const [first] = intents;
  if (!first) throw new Error('a move of nothing');
  const { from, to } = first.batch ?? first;
  const commits = intents.map((it) => ({ to: it.to, taskId: it.taskId }));
  return { name: `${first.lead ?? first.taskId}/${first.token}`, branch, from, to, commits };
};

/** Moves the branch; whoever comes second finds it done. */
export const make = async (
  move: ReturnType<typeof moveOf>,
  { branches, git, around }: Pick<Outside, 'branches' | 'git'> & { readonly around: Surroundings },
): Promise<void> => {
  await rest(around, 0); // a process that falls asleep here gives the command when it wakes
  const found = await git(around, () => branches.move(move));
  if (found === 'given up') throw new HiveError('lease.lost', 'The move was given up');
  if (found === 'moved away') throw new HiveError('infra.git', 'The branch has moved');
};

const merged = (
  hand: Hand,
  { taskId, to: commit, evidence }: Intent,
  task: TaskView | undefined,
): readonly NewEvent[] => {
  const { step } = hand;
  const stream = branchOf(hand);
  const isOwn = taskId === hand.task.id;
  const mark = isOwn
    ? step.mark
    : {
        ...{ step: 'merge' as const, attempt: 0, token: task?.token ?? 0 },
        lead: { taskId: hand.task.id, token: step.mark.token },
      };
  return [
    { type: 'merge.completed', stream, data: { ...about(hand, taskId), commit, evidence, into: null } },
    ...(task
      ? [{ type: 'task.merged' as const, stream: streams.task(taskId), data: { taskId, ...mark, commit, evidence } }]
      : []),
  ];
};

const refused = (hand: Hand, { id: taskId }: TaskView): readonly NewEvent[] => {
  const why = { code: 'checks.red' as const, reason: 'red with the others' };
  const mark = taskId === hand.task.id ? hand.step.mark : {};
  const stream = branchOf(hand);
  return [
    { type: 'merge.rejected', stream, data: { ...about(hand, taskId), ...why, culprit: taskId } },
    { type: 'task.refused', stream: streams.task(taskId), data: { taskId, ...mark, ...why, findings: [] } },
  ];
};

const branchOf = ({ step }: Hand): string => streams.merge('repo', step.workflow.submission.branch);

const about = ({ step, task }: Hand, taskId: string) => {
  const { attempt, token } = step.mark;
  const of = { taskId, workflowId: step.workflow.id, branch: step.workflow.submission.branch, attempt, token };
  return taskId === task.id ? of : { ...of, lead: task.id };
};

const stillApproved = (tasks: readonly TaskView[]) => ({
  streams: tasks.map(({ id }) => streams.task(id)),
  holds: (heads: ReadonlyMap<string, { readonly view: unknown }>) =>
    tasks.every(({ id, commit }) => isApproved(heads.get(streams.task(id))?.view as TaskView | undefined, commit)), // made by foldTask
});

/** Nobody has told meanwhile what became of this move. */
const stillOpen = (stream: string, intents: readonly Intent[]): NoteTerms => ({
  provided: {
    streams: [stream],
    holds: (heads) => isSameMove(openIntents(heads.get(stream)?.view as MergeView | undefined), intents), // made by foldStream
  },
});

export const isSameMove = (now: readonly Intent[], then: readonly Intent[]): boolean =>
  now.length === then.length && now.every((it, n) => it.to === then[n]?.to && it.token === then[n].token);

const isApproved = (task: TaskView | undefined, commit: string | null | undefined): boolean =>
  task?.state === 'reviewed' && task.commit === commit;

const othersOf = async (hand: Hand): Promise<readonly TaskView[]> => {
  const { events } = await hand.ctx.bus.store.events({
    stream: streams.task(hand.task.id),
    types: ['task.assigned'],
    newest: true,
    limit: 1,
  });
  const named = events[0]?.type === 'task.assigned' ? (events[0].data.with ?? []) : [];
  return (await read(hand, named)).flatMap((it) => (it?.state === 'reviewed' ? [it] : []));
};

const read = async ({ ctx }: Hand, ids: readonly string[]): Promise<readonly (TaskView | undefined)[]> => {
  const { heads } = await ctx.bus.store.heads(ids.map(streams.task));
  return ids.map((id) => heads.get(streams.task(id))?.view as TaskView | undefined); // made by foldTask
};

const tell = async (
  hand: Hand,
  ids: readonly string[],
  eventsOf: (tasks: readonly (TaskView | undefined)[]) => readonly NewEvent[],
  terms: NoteTerms = {},
): Promise<void> => {
  for (let attempt = 1; ; attempt++) {
    const events = eventsOf(await read(hand, ids));
    if (events.length === 0) return;
    try {
      return await hand.step.note(events, terms);
    } catch (error) {
      if (attempt === 5 || !hasCode(error, 'transition.refused')) throw error;
    }
  }
};
