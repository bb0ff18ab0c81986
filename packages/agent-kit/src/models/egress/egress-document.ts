import type { ApprovalDocument } from '@hive/events';
import { formatModelRef, type Model } from '@hive/llm';
import type { StepInHand } from '../../agent.ts';
import type { Role } from '../wanted.ts';
import type { AskedRule } from './reach.ts';

/** A call that a person is asked about before it is made. */
export type AskedCall = {
  readonly role: Role;
  readonly model: Pick<Model, 'ref' | 'destination'>;
  readonly asks: readonly AskedRule[];
  /** Of the texts of the request. */
  readonly bytes: number;
};

const mostPaths = 100;
/** A conversation grows, and nobody is asked at every turn: so large may each of its calls become, or so many times as large as its first. */
const roomBytes = 1 << 20;
const roomTimes = 2;

/** What a person is shown before text is sent to a model; also what later calls of the task are held against. Pure. */
export const egressDocument = (
  { role, model, asks, bytes }: AskedCall,
  { task, workflow }: Pick<StepInHand, 'task' | 'workflow'>,
): ApprovalDocument => {
  const { submission } = workflow;
  const { repo, branch, budget, into } = submission;
  const name = formatModelRef(model.ref);
  const what = task ? `task ${task.spec.key}` : 'the plan';
  return {
    ...{ kind: 'egress', tier: 'T2', taskId: task?.id ?? null, workflowId: workflow.id },
    action: `Send text of ${repo} to ${name} at ${model.destination} for ${what}, as its ${role}`,
    because: asks.map(({ rule }) => ({ by: 'policy', rule: 'security.egress', text: `The rule is ${rule}` })),
    ...{ repo, branch, into, author: name, base: submission.base, commit: null, patch: null, files: null },
    ...{ commands: [], proof: null, budget, plan: null },
    tasks: task ? [{ key: task.spec.key, title: task.spec.title, author: task.author }] : [],
    egress: {
      ...{ role, model: name, destination: model.destination, bytes },
      mostBytes: Math.max(roomBytes, bytes * roomTimes),
      rules: asks.map(({ rule, paths }) => ({ rule, paths: paths.slice(0, mostPaths), files: paths.length })),
    },
  };
};
