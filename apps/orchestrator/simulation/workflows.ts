import { derivedId } from '@hive/bus';
import type { PlannedTask, Submission } from '@hive/events';
import type { Chance } from './chance.ts';

/** A workflow as it is handed in, and the plan that it will have. */
export type Workflow = {
  readonly id: string;
  readonly hash: string;
  readonly tasks: readonly PlannedTask[];
  readonly submission: Submission;
};

/** One or two workflows with four tasks at most in all, some of which need others. */
export const workflowsOf = (chance: Chance, newId: () => string): ReadonlyMap<string, Workflow> => {
  const sizes = chance.pick([[1], [2], [3], [4], [1, 1], [1, 2], [2, 2]]);
  return new Map(
    sizes.map((size, n): [string, Workflow] => {
      const id = newId();
      const tasks = tasksOf(chance, id, size);
      const hash = n.toString(16).repeat(64);
      return [
        id,
        { id, hash, tasks, submission: { ...anySubmission, workflowId: id, branch: `hive/test-${n}`, plan: hash } },
      ];
    }),
  );
};

const tasksOf = (chance: Chance, workflowId: string, size: number): readonly PlannedTask[] => {
  const ids = Array.from({ length: size }, (_, n) => derivedId(workflowId, `task ${n}`));
  return ids.map((id, n): PlannedTask => ({
    id,
    key: `t${n}`,
    title: `Task ${n}`,
    needs: ids.slice(0, n).filter(() => chance.next() < 0.4),
    kind: 'change',
    author: chance.next() < 0.7 ? 'human' : null,
    checks: [],
    redBefore: 'not_needed',
    capabilities: [],
    priority: chance.below(3),
    timeoutS: 60,
  }));
};

const anySubmission = {
  goal: 'test',
  repo: '/repo',
  base: '1'.repeat(40),
  into: null,
  checks: [],
  setup: null,
  source: 'file',
  model: null,
  localOnly: false,
  budget: null,
  redBefore: 'not_needed',
  passEnv: [],
  example: false,
} as const satisfies Partial<Submission>;
