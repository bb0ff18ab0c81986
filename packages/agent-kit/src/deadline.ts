import { proofRules, type Step } from '@hive/events';
import type { StepInHand } from './agent.ts';
import { checksOf } from './checks-of.ts';

/** Two setups of half an hour each, and what git takes. */
const aroundMs = 70 * 60_000;
/** Where no task says how long a command may run. */
const defaultTimeoutS = 600;
/** Base, base with the change's tests, head. */
const places = 3;
/** Rounds on the base that may follow to tell whether a check was flaky before, where checks are repeated. */
const looksBefore = 8;

const proves: ReadonlySet<Step> = new Set(['check', 'merge']);

/**
 * How long a step may take as a whole. Each command of a task ends at its `timeoutS` by itself; this is for a handler that hangs, and
 * lets every command of the step take all of its time. Pure.
 */
export const deadlineMs = ({ kind, task, workflow }: Pick<StepInHand, 'kind' | 'task' | 'workflow'>): number => {
  const perCommandMs = (task?.spec.timeoutS ?? defaultTimeoutS) * 1000;
  const { repeat, mutants } = proofRules(workflow.submission.policy?.proof);
  const runs = places * repeat + (repeat > 1 ? looksBefore : 0);
  // A command that leaves no diff is proven in its step `work`.
  const proofs =
    task && (proves.has(kind) || task.spec.kind === 'command') ? checksOf(workflow, task).length * runs : 0;
  return aroundMs + (1 + proofs) * perCommandMs + (proofs > 0 ? mutants.budgetS * 1000 : 0);
};
