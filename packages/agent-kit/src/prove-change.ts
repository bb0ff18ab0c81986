import type { Check, TaskView, WorkflowView } from '@hive/events';
import type { Proof, Workspace } from '@hive/workspace';
import type { Context, StepInHand } from './agent.ts';

/** The checks of a task: those of the workflow, and its own added. */
export const checksOf = (workflow: WorkflowView, task: TaskView): Check[] => [
  ...workflow.submission.checks,
  ...task.spec.checks,
];

/** Proves a task's change from `base` to `head` in this agent's workspace, as the workflow asked for it. Throws infra failures. */
export const proveChange = (
  { task, workflow, signal }: StepInHand,
  change: {
    readonly base: string;
    readonly head: string;
    readonly author: string;
    readonly redBefore?: 'not_needed';
  },
  ctx: Pick<Context, 'agent'> & { readonly own: Workspace },
): Promise<Proof> => {
  if (task === null) throw new Error('a step without a task has nothing to prove');
  const { repo, setup, passEnv } = workflow.submission;
  const { tests, redBefore, timeoutS } = task.spec;
  return ctx.own.prove({
    repo,
    setup,
    tests,
    redBefore,
    passEnv,
    signal,
    checks: checksOf(workflow, task),
    timeoutMs: timeoutS * 1000,
    agent: ctx.agent,
    keepRedAs: task.id,
    ...change,
  });
};
