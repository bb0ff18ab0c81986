import { askModel, checksOf, hasModelReviewer, type Context, type StepInHand } from '@hive/agent-kit';
import { streams, type DataOf, type NewEvent, type TaskView } from '@hive/events';
import { patchFiles, type Workspace } from '@hive/workspace';
import { ModelReview, reviewPrompt } from './model-review.ts';
import { findingsOf } from './rules.ts';

type Review = DataOf<'task.review_completed'>;

/** Rules first; a model only when the rules have nothing against the change and hive.yaml names a reviewer. */
export const review = async (
  step: StepInHand,
  ctx: Context & { readonly own: Workspace },
): Promise<readonly NewEvent[]> => {
  const { task, workflow } = step;
  if (!task?.patch) throw new Error('a step `review` without a change');
  const patch = Buffer.from(await ctx.artefacts.get(task.patch));
  const ruled = findingsOf({
    task,
    paths: patchFiles(patch),
    checks: checksOf(workflow, task),
  });
  // What the check found (its output) tells the author more than the rule that it broke.
  const findings = ruled.length > 0 ? [...ruled, ...task.findings] : [];
  const byModel =
    ruled.length === 0 && hasModelReviewer(ctx.config) ? await reviewByModel(step, task, patch, ctx) : null;
  const reviews: Pick<Review, 'decision' | 'reviewer' | 'findings'>[] = [
    { decision: ruled.length === 0 ? 'approve' : 'return', reviewer: { agent: ctx.agent, kind: 'rules' }, findings },
    ...(byModel ? [byModel] : []),
  ];
  return reviews.map((it, index) => ({
    type: 'task.review_completed',
    stream: streams.task(task.id),
    data: { taskId: task.id, ...step.mark, ...it, remaining: reviews.length - 1 - index },
  }));
};

const reviewByModel = async (
  step: StepInHand,
  task: TaskView,
  patch: Buffer,
  ctx: Context,
): Promise<Pick<Review, 'decision' | 'reviewer' | 'findings'>> => {
  const { submission } = step.workflow;
  const wanted = { role: 'reviewer', ref: null, localOnly: submission.localOnly } as const;
  const request = reviewPrompt({
    goal: submission.goal,
    task: {
      title: task.spec.title,
      ...(task.spec.instructions !== undefined && { instructions: task.spec.instructions }),
    },
    patch: patch.toString('utf8'),
    evidence: task.evidence,
  });
  const { value, author } = await askModel({ wanted, name: 'review', schema: ModelReview, request }, step, ctx);
  return {
    decision: value.decision,
    reviewer: { agent: ctx.agent, kind: 'model', model: author },
    findings: value.findings.map((it) => ({ rule: 'model', ...it })),
  };
};
