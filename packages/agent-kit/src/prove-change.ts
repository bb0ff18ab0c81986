import { proofRules } from '@hive/events';
import type { Proof, Workspace } from '@hive/workspace';
import type { Context, StepInHand } from './agent.ts';
import { reachHosts } from './approvals/reach-hosts.ts';
import { checksOf } from './checks-of.ts';

/** Proves a task's change from `base` to `head` in this agent's workspace, as the workflow asked for it. Throws infra failures. */
export const proveChange = async (
  step: StepInHand,
  of: {
    readonly base: string;
    readonly head: string;
    readonly author: string;
    readonly redBefore?: 'not_needed';
    /** Whether small mistakes are tried in the changed lines, where the policy gives time for it. */
    readonly mutants?: 'tried';
  },
  ctx: Pick<Context, 'agent' | 'bus' | 'artefacts'> & { readonly own: Workspace },
): Promise<Proof> => {
  const { task, workflow, signal } = step;
  const { mutants, ...change } = of;
  if (task === null) throw new Error('a step without a task has nothing to prove');
  const { repo, setup, passEnv, policy } = workflow.submission;
  const { tests, redBefore, timeoutS } = task.spec;
  const rules = proofRules(policy?.proof);
  const request = {
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
    repeat: rules.repeat,
    ...(mutants === 'tried' && { mutants: rules.mutants }),
    ...change,
  };
  return reachHosts(step, ctx, (hosts) => ctx.own.prove({ ...request, hosts }));
};
