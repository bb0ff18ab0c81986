import { askModel, checksOf, hasModelReviewer, type Context, type StepInHand } from '@hive/agent-kit';
import { isHiveError, type HiveError } from '@hive/errors';
import { streams, type DataOf, type Finding, type NewEvent, type TaskView } from '@hive/events';
import { patchFiles, type Workspace } from '@hive/workspace';
import { inspectChange } from './inspect-change.ts';
import { heldFindings, modelReview, reviewPrompt } from './model-review.ts';
import { patchParts } from './patch-parts.ts';
import { reviewersOf } from './reviewers.ts';
import type { Judged } from './rules/inspect.ts';
import { findingsOf } from './rules.ts';

/** What one reviewer says. */
type Review = Pick<DataOf<'task.review_completed'>, 'decision' | 'reviewer'> & {
  readonly findings: readonly Finding[];
};

/** Characters of a patch that a model can be expected to read as a whole. */
const longestPatch = 200_000;

/**
 * Rules first; models only when no rule holds the change back and hive.yaml names reviewers. They are asked one after the other, never the one that wrote
 * the change; as many have to approve as the quorum says, and the first that does not ends the round. Where there are too few, or where a rule wants a
 * person, a person decides, and after everybody else, so that nobody is asked in vain.
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
  const judged = await inspectChange(step, { task, patch }, ctx);
  const found = (action: Judged['action']) => judged.flatMap((it) => (it.action === action ? [it.finding] : []));
  const held = [...ruled, ...found('refuse-or-return')];
  const reviews: readonly Review[] =
    // What the check found (its output) tells the author more than the rule that it broke.
    held.length > 0
      ? [{ decision: 'return', reviewer: rules(ctx), findings: [...held, ...found('ask'), ...task.findings] }]
      : inOrder(await withModels(step, { task, patch }, ctx), { asked: found('ask'), noted: found('note') }, ctx);
  return reviews.map((it, index) => ({
    type: 'task.review_completed',
    stream: streams.task(task.id),
    data: { taskId: task.id, ...step.mark, ...it, findings: [...it.findings], remaining: reviews.length - 1 - index },
  }));
};

const rules = ({ agent }: Pick<Context, 'agent'>) => ({ agent, kind: 'rules' }) as const;

type Change = { readonly task: TaskView; readonly patch: Buffer };

/** What the models said, and why a person has to decide instead of more of them; null where none has to. */
type Heard = { readonly reviews: readonly Review[]; readonly person: string | null };

/** The reviews in the order in which they are told: the one that decides comes last. */
const inOrder = (
  { reviews, person }: Heard,
  { asked, noted }: { readonly asked: readonly Finding[]; readonly noted: readonly Finding[] },
  ctx: Context,
): readonly Review[] => {
  const reviewer = rules(ctx);
  const isDecided = reviews.some(({ decision }) => decision !== 'approve');
  if (isDecided || (asked.length === 0 && person === null))
    return [{ decision: 'approve', reviewer, findings: [...asked, ...noted] }, ...reviews];
  const quorum: readonly Finding[] =
    person === null ? [] : [{ rule: 'review.quorum', message: person, severity: 'error' }];
  return [...reviews, { decision: 'escalate', reviewer, findings: [...asked, ...quorum, ...noted] }];
};

const withModels = async (step: StepInHand, { task, patch }: Change, ctx: Context): Promise<Heard> => {
  if (!hasModelReviewer(ctx.config)) return { reviews: [], person: null };
  const { quorum } = ctx.config.review;
  const refs = reviewersOf(task, step.workflow.submission, ctx.config.models);
  if (refs.length < quorum)
    return {
      reviews: [],
      person: `${quorum} ${quorum === 1 ? 'model has' : 'models have'} to review this, and ${refs.length} of those in hive.yaml ${refs.length === 1 ? 'is' : 'are'} not its author`,
    };
  if (patch.length > longestPatch)
    return { reviews: [], person: 'The change is too long for a model to review it as a whole' };
  const { reviews, failed } = await askInTurn(refs, step, { task, patch }, ctx);
  if (reviews.length === quorum || reviews.some(({ decision }) => decision !== 'approve'))
    return { reviews, person: null };
  const soon = failed.find((error) => error.remedy === 'retry');
  if (soon) throw soon;
  const why = failed.map((error) => error.message).join('; ');
  return { reviews, person: `Only ${reviews.length} of ${quorum} models could review this: ${why}` };
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
