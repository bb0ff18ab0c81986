import type { Context, StepInHand } from '@hive/agent-kit';
import { streams, type NewEvent } from '@hive/events';
import type { Workspace } from '@hive/workspace';
import { checksOf } from './checks-of.ts';

/** Proves a change: red before, green after. Infra failures are thrown by the workspace and count as attempts of this step, not as the change's fault. */
export const check = async (
  step: StepInHand,
  ctx: Context & { readonly own: Workspace },
): Promise<readonly NewEvent[]> => {
  const { task, workflow, mark } = step;
  if (!task?.base || !task.commit) throw new Error('a step `check` without a submitted change');
  const { submission } = workflow;
  const proof = await ctx.own.prove({
    repo: submission.repo,
    base: task.base,
    head: task.commit,
    author: task.author ?? 'human',
    checks: checksOf(submission, task.spec),
    setup: submission.setup,
    tests: task.spec.tests,
    redBefore: task.spec.redBefore,
    timeoutMs: task.spec.timeoutS * 1000,
    passEnv: submission.passEnv,
    agent: ctx.agent,
    signal: step.signal,
  });
  return [
    {
      type: 'task.checked',
      stream: streams.task(task.id),
      data: {
        taskId: task.id,
        ...mark,
        evidence: proof.evidence,
        verdict: { code: proof.code, reason: proof.reason, findings: [...proof.findings] },
      },
    },
  ];
};
