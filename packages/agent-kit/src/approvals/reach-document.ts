import type { ApprovalDocument } from '@hive/events';
import type { Wants } from '@hive/workspace';
import type { StepInHand } from '../agent.ts';
import { checksOf } from '../checks-of.ts';

const whose = { setup: 'the setup', checks: 'checks and commands' } as const;

/** What a person is shown before commands reach hosts that nobody granted. The same for all tasks of a workflow but for the task. Pure. */
export const reachDocument = (
  { by, hosts }: Wants,
  { task, workflow }: Pick<StepInHand, 'task' | 'workflow'>,
): ApprovalDocument => {
  const { submission } = workflow;
  const { repo, branch, into, base, budget, setup, checks } = submission;
  const sorted = [...hosts].toSorted();
  const run = task?.spec.run;
  const isSetup = by === 'setup';
  return {
    ...{ kind: 'egress', tier: 'T2', taskId: task?.id ?? null, workflowId: workflow.id },
    action: `Let ${whose[by]} of ${repo} reach ${sorted.join(', ')} until ${branch} is done`,
    because: [
      {
        ...{ by: 'policy', rule: 'approvals.newHost' },
        text: `${isSetup ? 'The setup' : 'A command'} failed for want of what hive.yaml does not grant. Whoever is reached can be sent what the command can read`,
      },
    ],
    ...{ repo, branch, into, author: task?.author ?? null, base, commit: task?.commit ?? null },
    ...{ patch: task?.patch ?? null, files: null, proof: null, budget, plan: null },
    commands: isSetup
      ? setup
        ? [{ what: 'setup', argv: setup.argv }]
        : []
      : [
          ...(task ? checksOf(workflow, task) : checks).map(({ argv }) => ({ what: 'check' as const, argv })),
          ...(run ? [{ what: 'run' as const, argv: run }] : []),
        ],
    tasks: task ? [{ key: task.spec.key, title: task.spec.title, author: task.author }] : [],
    reach: { by, hosts: sorted },
  };
};
