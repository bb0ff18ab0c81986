import type { Snooze, StepInHand } from '@hive/agent-kit';
import { isWorkflowOpen, shortId, type MergeView, type Submission, type WorkflowView } from '@hive/events';
import type { OwnContext } from './own-context.ts';
import { mergeStream } from './told.ts';

const page = 500;
/** Workflows that are looked through for the one that a change stands on, newest first. */
const mostSeen = 10_000;
const longestWaitMs = 60_000;

/**
 * The commit that changes go on top of: the tip of their branch, and where they go on into a branch of the user's, that one as far as it has moved on. Put
 * off while a change that was handed in before, and that this one stands on, is still on its way there.
 */
export const placeOf = async (step: StepInHand, tip: string | null, ctx: OwnContext): Promise<string | Snooze> => {
  const { repo, branch, base, into } = step.workflow.submission;
  if (into === null) return tip ?? base;
  const request = { repo, branch, base, into };
  const { onto, lacks } = await ctx.own.landing({ ...request, merged: [] });
  if (lacks.length === 0) return onto;
  const before = await handedIn(step, new Set(lacks), ctx);
  const again = await ctx.own.landing({ ...request, merged: await mergedOf(before, ctx) });
  const open = again.lacks.length > 0 && before.find(({ state }) => isWorkflowOpen(state));
  if (!open) return again.onto;
  const reason = `It stands on ${open.submission.commit?.slice(0, 8) ?? ''}, which workflow ${shortId(open.id)} takes into ${into}`;
  return { snoozeMs: Math.min(longestWaitMs, 500 * 2 ** Math.min(step.mark.attempt, 10)), reason };
};

/** The workflows that take one of these commits into the same branch, newest first. */
const handedIn = async (
  { workflow }: StepInHand,
  commits: ReadonlySet<string>,
  { bus }: OwnContext,
): Promise<readonly WorkflowView[]> => {
  const { repo, into } = workflow.submission;
  const isOne = ({ commit, ...of }: Submission) =>
    commit !== undefined && commits.has(commit) && of.repo === repo && of.into === into;
  const found: WorkflowView[] = [];
  let before: string | undefined;
  for (let seen = 0; seen < mostSeen; seen += page) {
    const heads = await bus.store.listHeads({ kind: 'workflow', limit: page, ...(before && { before }) });
    const views = heads.map(({ view }) => view as WorkflowView); // heads of kind `workflow` are made by foldWorkflow
    found.push(...views.filter(({ id, submission }) => id !== workflow.id && isOne(submission)));
    before = heads.at(-1)?.id;
    if (heads.length < page) break;
  }
  return found;
};

/** What has become of the commits that were handed in: where the branches stand that they were merged into. */
const mergedOf = async (workflows: readonly WorkflowView[], { bus }: OwnContext) => {
  const { heads } = await bus.store.heads(workflows.map((workflow) => mergeStream({ workflow })));
  return workflows.flatMap((workflow) => {
    const { commit } = workflow.submission;
    const view = heads.get(mergeStream({ workflow }))?.view as MergeView | undefined; // heads of kind `merge` are made by foldStream
    return commit !== undefined && view?.tip ? [{ commit, as: view.tip }] : [];
  });
};
