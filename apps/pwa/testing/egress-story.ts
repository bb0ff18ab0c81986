import { streams, type ApprovalDocument } from '@hive/events';
import { createLog, idOf, shaOf } from './log.ts';
import { register, running, tellNothing, type Story } from './stories.ts';
import { tellWorkflow } from './workflow-story.ts';

const minute = 60_000;

/** A Hive in which text of a repository waits for a person before it goes to a model elsewhere. */
export const tellEgress = (now: number): Story => {
  const log = createLog();
  for (const [agent, role] of [
    ['worker-1', 'worker'],
    ['reviewer-1', 'reviewer'],
  ] as const)
    register(log, agent, role, now - 60 * minute);
  const workflowId = tellWorkflow(log, running(now - 3 * minute));
  const checking = log.events.findLast(({ type }) => type === 'task.claimed');
  const created = log.events.find(({ type, stream }) => type === 'task.created' && stream === checking?.stream);
  if (checking?.type !== 'task.claimed' || created?.type !== 'task.created') throw new Error('nothing is on its way');
  const taskId = checking.data.taskId;
  const { key, title } = created.data.spec;
  const model = 'claude:sonnet';
  const [repo, destination] = ['/home/ada/src/pantry', 'api.anthropic.com:443'];
  const shown: ApprovalDocument = {
    ...{ kind: 'egress', tier: 'T2', taskId, workflowId, repo, branch: 'hive/move-the-store', into: null },
    action: `Send text of ${repo} to ${model} at ${destination} for task ${key}, as its reviewer`,
    because: [
      { by: 'policy', rule: 'security.egress', text: 'The rule is src/** to: ask' },
      { by: 'policy', rule: 'security.egress', text: 'The rule is egressDefault: ask' },
    ],
    ...{ author: model, base: shaOf('base'), commit: null, patch: null, files: null },
    ...{ commands: [], proof: null, budget: { usd: 5 }, plan: null, tasks: [{ key, title, author: model }] },
    egress: {
      ...{ role: 'reviewer', model, destination, bytes: 48_211, mostBytes: 1 << 20 },
      rules: [
        { rule: 'src/** to: ask', paths: ['src/compact.js', 'src/reader.js', 'src/writer.js'], files: 3 },
        { rule: 'egressDefault: ask', paths: [], files: 0 },
      ],
    },
  };
  const approvalId = idOf(`approval of ${taskId}`);
  const { kind, tier, action } = shown;
  log.record(
    {
      type: 'approval.requested',
      stream: streams.approval(approvalId),
      data: {
        ...{ approvalId, actionHash: log.keep(JSON.stringify(shown)), taskId, workflowId, kind, tier, action },
        ...{ proposer: 'reviewer/reviewer-1', expiresAt: new Date(now + 1440 * minute).toISOString() },
      },
    },
    { actor: 'reviewer-1', at: now - minute, correlationId: workflowId, cause: checking },
  );
  return {
    ...{ past: log.events, future: [], artefacts: log.artefacts },
    ids: { ...tellNothing().ids, running: workflowId },
  };
};
