import type { Context, StepInHand } from '@hive/agent-kit';
import { hasCode, type Code } from '@hive/errors';
import { isModelAuthor, streams, type Evidence, type Finding, type MergeView, type NewEvent, type TaskView } from '@hive/events';
import { mirrorName, type Workspace } from '@hive/workspace';

type OwnContext = Context & { readonly own: Workspace };

const maxReturns = 3;

/** What is to be merged: a commit on the branch's tip, and the evidence for exactly that. */
type Candidate = { readonly commit: string; readonly evidence: Evidence };

/**
 * Puts an approved change onto the workflow's branch. When the branch has moved on since the change was checked, it is rebased and proven anew.
 * Intent first, then the ref by compare-and-swap, then the outcome: killed anywhere, the next claim looks at the ref and finishes.
 */
export const merge = async (step: StepInHand, ctx: OwnContext): Promise<readonly NewEvent[]> => {
  const { task, workflow } = step;
  if (!task?.commit || !task.evidence) throw new Error('a step `merge` without evidence');
  const { repo, branch, base } = workflow.submission;
  const stream = streams.merge(mirrorName(repo), branch);
  const { heads } = await ctx.bus.store.heads([stream]);
  const view = heads.get(stream)?.view as MergeView | undefined; // heads of kind `merge` are made by foldStream
  const tip = await ctx.own.tip(repo, branch);
  const of = { taskId: task.id, workflowId: workflow.id, branch, attempt: step.mark.attempt, token: step.mark.token };

  const begun = view?.intent?.taskId === task.id ? view.intent : null;
  if (begun !== null && tip === begun.to) return finish(step, task, { commit: begun.to, evidence: begun.evidence }, begun.from, ctx);

  const found = await candidate(step, task, tip ?? base, ctx);
  if ('code' in found) return rejected(task, found, stream, of, step);
  await step.note([
    {
      type: 'merge.intended',
      stream,
      data: { ...of, from: tip, to: found.commit, evidence: found.evidence },
    },
  ]);
  return finish(step, task, found, tip, ctx);
};

type Rejection = { readonly code: Code; readonly reason: string; readonly findings: readonly Finding[] };

/** The change as it stands when it was checked on the tip, else rebased onto it and proven again. */
const candidate = async (step: StepInHand, task: TaskView, onto: string, ctx: OwnContext): Promise<Candidate | Rejection> => {
  const { submission } = step.workflow;
  if (!task.commit || !task.evidence) throw new Error('a step `merge` without evidence');
  const reviewers = [...task.reviewers];
  if (task.base === onto) return { commit: task.commit, evidence: { ...task.evidence, reviewers } };
  try {
    const moved = await ctx.own.rebase({ repo: submission.repo, commit: task.commit, onto, signal: step.signal });
    await ctx.artefacts.put(moved.patch);
    const proof = await ctx.own.prove({
      repo: submission.repo,
      base: onto,
      head: moved.commit,
      author: task.author ?? 'human',
      checks: [...submission.checks, ...task.spec.checks],
      setup: submission.setup,
      tests: task.spec.tests,
      redBefore: task.spec.redBefore,
      timeoutMs: task.spec.timeoutS * 1000,
      passEnv: submission.passEnv,
      agent: ctx.agent,
      signal: step.signal,
    });
    if (proof.code !== null) return { code: proof.code, reason: proof.reason ?? proof.code, findings: proof.findings };
    const evidence = { ...proof.evidence, reviewers };
    await step.note([
      {
        type: 'merge.batch_checked',
        stream: streams.merge(mirrorName(submission.repo), submission.branch),
        data: { taskId: task.id, workflowId: step.workflow.id, branch: submission.branch, attempt: step.mark.attempt, token: step.mark.token, evidence },
      },
    ]);
    return { commit: moved.commit, evidence };
  } catch (error) {
    if (!hasCode(error, 'patch.conflict')) throw error;
    return { code: error.code, reason: error.message, findings: [{ rule: 'patch.conflict', message: error.message }] };
  }
};

const finish = async (
  step: StepInHand,
  task: TaskView,
  { commit, evidence }: Candidate,
  from: string | null,
  ctx: OwnContext,
): Promise<readonly NewEvent[]> => {
  const { repo, branch, base, into } = step.workflow.submission;
  const delivered = await ctx.own.deliver({
    repo,
    branch,
    from,
    to: commit,
    evidence,
    into: into === null ? null : { branch: into, base },
  });
  const { attempt, token } = step.mark;
  return [
    {
      type: 'merge.completed',
      stream: streams.merge(mirrorName(repo), branch),
      data: { taskId: task.id, workflowId: step.workflow.id, branch, attempt, token, commit, evidence, into: delivered.into },
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
