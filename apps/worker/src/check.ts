import { proveChange, type Context, type StepInHand } from '@hive/agent-kit';
import { streams, type NewEvent } from '@hive/events';
import type { Workspace } from '@hive/workspace';

/** Proves a change: red before, green after. Infra failures are thrown by the workspace and count as attempts of this step, not as the change's fault. */
export const check = async (
  step: StepInHand,
  ctx: Context & { readonly own: Workspace },
): Promise<readonly NewEvent[]> => {
  const { task, mark } = step;
  if (!task?.base || !task.commit) throw new Error('a step `check` without a submitted change');
  const change = { base: task.base, head: task.commit, author: task.author ?? 'human', mutants: 'tried' } as const;
  const proof = await proveChange(step, change, ctx);
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
