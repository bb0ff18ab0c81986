import { askModel, checksOf, hasModelReviewer, type Context, type StepInHand } from '@hive/agent-kit';
import { isHiveError, type HiveError } from '@hive/errors';
import { streams, type DataOf, type NewEvent, type TaskView } from '@hive/events';
import { patchFiles, type Workspace } from '@hive/workspace';
import { heldFindings, modelReview, reviewPrompt } from './model-review.ts';
import { patchParts } from './patch-parts.ts';
import { reviewersOf } from './reviewers.ts';
import { findingsOf } from './rules.ts';

type Review = Pick<DataOf<'task.review_completed'>, 'decision' | 'reviewer' | 'findings'>;

/** Characters of a patch that a model can be expected to read as a whole. */
const longestPatch = 200_000;

/**
 * Rules first; models only when the rules have nothing against the change and hive.yaml names reviewers. They are asked one after the other, never the one
 * that wrote the change; as many have to approve as the quorum says, and the first that does not ends the round. Where there are too few, a person decides.
 */
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
  const rules = { agent: ctx.agent, kind: 'rules' } as const;
  const reviews: readonly Review[] =
    // What the check found (its output) tells the author more than the rule that it broke.
    ruled.length > 0
      ? [{ decision: 'return', reviewer: rules, findings: [...ruled, ...task.findings] }]
      : await withModels({ decision: 'approve', reviewer: rules, findings: [] }, step, { task, patch }, ctx);
  return reviews.map((it, index) => ({
    type: 'task.review_completed',
    stream: streams.task(task.id),
    data: { taskId: task.id, ...step.mark, ...it, remaining: reviews.length - 1 - index },
  }));
};

type Change = { readonly task: TaskView; readonly patch: Buffer };

/** The approval of the rules, and what the models say; the one that decides comes last. */
const withModels = async (
  rules: Review,
  step: StepInHand,
  { task, patch }: Change,
  ctx: Context,
): Promise<readonly Review[]> => {
  if (!hasModelReviewer(ctx.config)) return [rules];
  const { quorum } = ctx.config.review;
  const refs = reviewersOf(task, step.workflow.submission, ctx.config.models);
  const escalated = (message: string, reviews: readonly Review[] = []): readonly Review[] => [
    ...reviews,
    { ...rules, decision: 'escalate', findings: [{ rule: 'review.quorum', message, severity: 'error' }] },
  ];
  if (refs.length < quorum)
    return escalated(
      `${quorum} ${quorum === 1 ? 'model has' : 'models have'} to review this, and ${refs.length} of those in hive.yaml ${refs.length === 1 ? 'is' : 'are'} not its author`,
    );
  if (patch.length > longestPatch) return escalated('The change is too long for a model to review it as a whole');
  const asked = await askInTurn(refs, step, { task, patch }, ctx);
  if (asked.reviews.length === quorum || asked.reviews.some(({ decision }) => decision !== 'approve'))
    return [rules, ...asked.reviews];
  const soon = asked.failed.find((error) => error.remedy === 'retry');
  if (soon) throw soon;
  const why = asked.failed.map((error) => error.message).join('; ');
  return escalated(`Only ${asked.reviews.length} of ${quorum} models could review this: ${why}`, asked.reviews);
};

/** Asks until the quorum is met or one does not approve. A model that cannot answer is passed over for the next. */
const askInTurn = async (
  refs: readonly string[],
  step: StepInHand,
  change: Change,
  ctx: Context,
): Promise<{ readonly reviews: readonly Review[]; readonly failed: readonly HiveError[] }> => {
  const reviews: Review[] = [];
  const failed: HiveError[] = [];
  for (const ref of refs) {
    if (reviews.length === ctx.config.review.quorum) break;
    try {
      const one = await reviewByModel(ref, step, change, ctx);
      reviews.push(one);
      if (one.decision !== 'approve') break;
    } catch (error) {
      if (!isHiveError(error) || !error.code.startsWith('model.') || step.signal.aborted) throw error;
      failed.push(error);
    }
  }
  return { reviews, failed };
};

const reviewByModel = async (ref: string, step: StepInHand, { task, patch }: Change, ctx: Context): Promise<Review> => {
  const { submission } = step.workflow;
  const wanted = { role: 'reviewer', ref, localOnly: submission.localOnly } as const;
  const changes = patchParts(patch.toString('utf8'));
  const request = reviewPrompt({
    repo: submission.repo,
    goal: submission.goal,
    task: {
      title: task.spec.title,
      ...(task.spec.instructions !== undefined && { instructions: task.spec.instructions }),
    },
    changes,
    evidence: task.evidence,
  });
  const schema = modelReview(new Set(changes.map(({ path }) => path)));
  const { value, author } = await askModel({ wanted, name: 'review', schema, request }, step, ctx);
  return {
    decision: value.decision,
    reviewer: { agent: ctx.agent, kind: 'model', model: author },
    findings: heldFindings(value.findings, changes),
  };
};
