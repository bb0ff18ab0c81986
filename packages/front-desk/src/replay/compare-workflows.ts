import { taskStatus, type CallView, type Comparison, type Replay, type TaskSide, type TaskView } from '@hive/events';
import { essencesOf, type Essence } from './essence.ts';
import type { Side } from './read-side.ts';

const most = 100;

/** A workflow beside the one that it was made from. Pure. */
export const compareWorkflows = (replay: Replay, then: Side, now: Side): Comparison => {
  const keys = [...new Set([...then.tasks, ...now.tasks].map(({ spec }) => spec.key))];
  const differences = differencesOf(then, now);
  return {
    replay,
    then: figuresOf(then),
    now: figuresOf(now),
    tasks: keys.map((key) => {
      const [before, after] = [then, now].map(({ tasks }) => tasks.find(({ spec }) => spec.key === key));
      return { key, title: (before ?? after)?.spec.title ?? key, then: taskSide(before), now: taskSide(after) };
    }),
    equal: differences.length === 0,
    differences: differences.slice(0, most),
  };
};

const figuresOf = ({ result, calls, diff }: Side): Comparison['now'] => {
  const paid = calls.filter(({ source }) => source === 'live');
  const replayed = calls.filter(({ source }) => source !== 'live');
  const { settledAt } = result;
  return {
    workflow: result.workflow,
    status: result.status,
    replayed: { calls: replayed.length, tokens: tokensOf(replayed) },
    paid: {
      calls: paid.length,
      tokens: tokensOf(paid),
      costUsd: paid.reduce<number | null>(
        (sum, { costUsd }) => (sum === null || costUsd === null ? null : sum + costUsd),
        0,
      ),
    },
    ms: settledAt === null ? null : Math.max(0, Date.parse(settledAt) - Date.parse(result.submittedAt)),
    diff: { ...diff },
  };
};

const tokensOf = (calls: readonly CallView[]): number =>
  calls.reduce((sum, { input, output }) => sum + (input ?? 0) + (output ?? 0), 0);

const taskSide = (task: TaskView | undefined): TaskSide | null =>
  task
    ? {
        id: task.id,
        status: taskStatus(task),
        code: task.code,
        author: task.author,
        tree: task.evidence?.tree ?? null,
      }
    : null;

const differencesOf = (then: Side, now: Side): string[] => {
  const [before, after] = [then, now].map(({ events }) => Map.groupBy(essencesOf(events), ({ of }) => of));
  const all = new Set([...(before?.keys() ?? []), ...(after?.keys() ?? [])]);
  return [...all].flatMap((of) => differencesIn(of, before?.get(of) ?? [], after?.get(of) ?? []));
};

/** The first difference of one thing says enough: what follows is mostly its consequence. */
const differencesIn = (of: string, before: readonly Essence[], after: readonly Essence[]): string[] => {
  const length = Math.max(before.length, after.length);
  const at = Array.from({ length }, (_, index) => index).find(
    (index) => worded(before[index]) !== worded(after[index]),
  );
  return at === undefined ? [] : [`${of}: ${worded(before[at])} has become ${worded(after[at])}`];
};

const worded = (essence: Essence | undefined): string => {
  if (essence === undefined) return 'nothing';
  const says = JSON.stringify(essence.says);
  return `${essence.type}${says === '{}' ? '' : ` ${says.length > 300 ? `${says.slice(0, 300)}…` : says}`}`;
};
