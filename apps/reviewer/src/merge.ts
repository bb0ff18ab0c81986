import { proveChange, type Context, type Snooze, type StepInHand } from '@hive/agent-kit';
import { hasCode, isHiveError, outcomeOf, type Code } from '@hive/errors';
import {
  isModelAuthor,
  streams,
  type DataOf,
  type Evidence,
  type Finding,
  type MergeView,
  type NewEvent,
  type TaskView,
} from '@hive/events';
import { failpoint } from '@hive/failpoints';
import { mirrorName, type Workspace } from '@hive/workspace';

type OwnContext = Context & { readonly own: Workspace };

const maxReturns = 3;
const longestWaitMs = 60_000;

/** What is to be merged: a commit on the branch's tip, and the evidence for exactly that. */
type Candidate = { readonly commit: string; readonly evidence: Evidence };

/**
 * Puts an approved change onto the workflow's branch. When the branch has moved on since the change was checked, it is rebased and proven anew.
 * Intent first, then the ref by compare-and-swap, then the outcome: killed anywhere, the next claim looks at the ref and finishes what was
 * intended, with that very commit; so a holder that wakes late wants the same.
 */
export const merge = async (step: StepInHand, ctx: OwnContext): Promise<readonly NewEvent[] | Snooze> => {
  const { task, workflow } = step;
  if (!task?.commit || !task.evidence) throw new Error('a step `merge` without evidence');
  const { repo, branch, base } = workflow.submission;
  const stream = streams.merge(mirrorName(repo), branch);
  const { heads } = await ctx.bus.store.heads([stream]);
  const intent = (heads.get(stream)?.view as MergeView | undefined)?.intent ?? null; // heads of kind `merge` are made by foldStream
  const tip = await ctx.own.tip(repo, branch);
  const of = { taskId: task.id, workflowId: workflow.id, branch, attempt: step.mark.attempt, token: step.mark.token };

  const isOurs = intent?.taskId === task.id && intent.change === task.commit;
  if (isOurs && (tip === intent.to || tip === intent.from))
    return finish(step, task, { commit: intent.to, evidence: intent.evidence }, intent.from, ctx);

  const found = await candidate(step, task, tip ?? base, ctx);
  const before = intent === null ? [] : [abandoned(intent, tip, stream)];
  if ('code' in found) return [...before, ...rejected(task, found, stream, of, step)];
  const intended = { ...of, from: tip, to: found.commit, change: task.commit, evidence: found.evidence };
  await step.note([...before, { type: 'merge.intended', stream, data: intended }]);
  await failpoint('merge.intent');
  return finish(step, task, found, tip, ctx);
};

/** A move that was begun and whose task ended before its outcome was told (cancelled, say). What the ref says is told now. */
const abandoned = (intent: DataOf<'merge.intended'>, tip: string | null, stream: string): NewEvent => {
  const { taskId, workflowId, branch, attempt, token, to: commit, evidence } = intent;
  const of = { taskId, workflowId, branch, attempt, token };
  if (tip === commit) return { type: 'merge.completed', stream, data: { ...of, commit, evidence, into: null } };
  const reason = 'Its task ended before the branch was moved';
  return { type: 'merge.rejected', stream, data: { ...of, code: 'lease.lost', reason, culprit: taskId } };
};

type Rejection = { readonly code: Code; readonly reason: string; readonly findings: readonly Finding[] };

/** The change as it stands when it was checked on the tip, else rebased onto it and proven again. */
const candidate = async (
  step: StepInHand,
  task: TaskView,
  onto: string,
  ctx: OwnContext,
): Promise<Candidate | Rejection> => {
  const { submission } = step.workflow;
  if (!task.commit || !task.evidence) throw new Error('a step `merge` without evidence');
  const reviewers = [...task.reviewers];
  if (task.base === onto) return { commit: task.commit, evidence: { ...task.evidence, reviewers } };
  try {
    const moved = await ctx.own.rebase({ repo: submission.repo, commit: task.commit, onto, signal: step.signal });
    await ctx.artefacts.put(moved.patch);
    const proof = await proveChange(step, { base: onto, head: moved.commit, author: task.author ?? 'human' }, ctx);
    if (proof.code !== null) return { code: proof.code, reason: proof.reason ?? proof.code, findings: proof.findings };
    const evidence = { ...proof.evidence, reviewers };
    await step.note([
      {
        type: 'merge.batch_checked',
        stream: streams.merge(mirrorName(submission.repo), submission.branch),
        data: {
          taskId: task.id,
          workflowId: step.workflow.id,
          branch: submission.branch,
          attempt: step.mark.attempt,
          token: step.mark.token,
          evidence,
        },
      },
    ]);
    return { commit: moved.commit, evidence };
  } catch (error) {
    // A conflict, or nothing that is not there already: the change is refused for what it is.
    if (!isHiveError(error) || outcomeOf(error.code) !== 'refused') throw error;
    return {
      code: error.code,
      reason: error.message,
      findings: [{ rule: error.code, message: error.message.slice(0, 4000) }],
    };
  }
};

const finish = async (
  step: StepInHand,
  task: TaskView,
  { commit, evidence }: Candidate,
  from: string | null,
  ctx: OwnContext,
): Promise<readonly NewEvent[] | Snooze> => {
  const { repo, branch, base, into } = step.workflow.submission;
  step.signal.throwIfAborted();
  const delivery = { repo, branch, from, to: commit, evidence, into: into === null ? null : { branch: into, base } };
  const delivered = await ctx.own.deliver(delivery).catch((error: unknown): Snooze => {
    // The user is looking at the branch: that is no failure, and may take all day.
    if (!hasCode(error, 'branch.checked_out')) throw error;
    return { snoozeMs: Math.min(longestWaitMs, 500 * 2 ** Math.min(step.mark.attempt, 10)), reason: error.message };
  });
  if ('snoozeMs' in delivered) return delivered;
  await failpoint('merge.outcome');
  const { attempt, token } = step.mark;
  return [
    {
      type: 'merge.completed',
      stream: streams.merge(mirrorName(repo), branch),
      data: {
        taskId: task.id,
        workflowId: step.workflow.id,
        branch,
        attempt,
        token,
        commit,
        evidence,
        into: delivered.into,
      },
    },
    { type: 'task.merged', stream: streams.task(task.id), data: { taskId: task.id, ...step.mark, commit, evidence } },
  ];
};

/** A conflict or a red re-check: a model is asked again, whoever handed in a patch hears why. */
const rejected = (
  task: TaskView,
  { code, reason, findings }: Rejection,
  stream: string,
  of: { taskId: string; workflowId: string; branch: string; attempt: number; token: number },
  step: StepInHand,
): readonly NewEvent[] => [
  { type: 'merge.rejected', stream, data: { ...of, code, reason, culprit: task.id } },
  isModelAuthor(task.author ?? '') && task.returns < maxReturns
    ? { type: 'task.returned', stream: streams.task(task.id), data: { taskId: task.id, findings: [...findings] } }
    : {
        type: 'task.refused',
        stream: streams.task(task.id),
        data: { taskId: task.id, ...step.mark, code, reason, findings: [...findings] },
      },
];
