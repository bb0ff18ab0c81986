import { checksOf, type Context, type StepInHand } from '@hive/agent-kit';
import { reviewRules, type TaskView } from '@hive/events';
import { isTestFile, type Workspace } from '@hive/workspace';
import { patchParts } from './patch-parts.ts';
import { inspect, readsOf, type Judged } from './rules/inspect.ts';
import type { Texts } from './rules/rule.ts';

/** Bytes of a patch that the rules read. */
const longestPatch = 100_000_000;

/** Bytes of a file that the rules read as a whole. */
const longestFile = 4_000_000;

/** Has the rules look at a change: its patch, and from the mirror what manifests and scripts were before it and are with it. */
export const inspectChange = async (
  { workflow }: Pick<StepInHand, 'workflow'>,
  { task, patch }: { readonly task: TaskView; readonly patch: Buffer },
  ctx: Pick<Context, 'config'> & { readonly own: Pick<Workspace, 'readTexts'> },
): Promise<readonly Judged[]> => {
  const { repo, policy } = workflow.submission;
  const rules = reviewRules(policy?.review);
  const files = patchParts(patch.subarray(0, longestPatch).toString('utf8'));
  const checks = checksOf(workflow, task);
  const paths = readsOf(files, checks);
  const read = async (commit: string | null): Promise<Texts> =>
    commit === null || paths.length === 0
      ? new Map()
      : ctx.own.readTexts({ repo, commit, paths, mostBytes: longestFile });
  const [before, after] = await Promise.all([read(task.base), read(task.commit)]);
  const change = {
    files,
    checks,
    texts: { before, after },
    isTest: isTestFile(task.spec.tests),
    size: rules.size,
    notSecrets: ctx.config.egress.notSecrets,
  };
  const judged = await inspect(change, task.author ?? '', rules);
  return patch.length <= longestPatch ? judged : [...judged, unread(patch.length)];
};

/** What nobody has looked at is no matter of a policy. */
const unread = (bytes: number): Judged => ({
  action: 'ask',
  finding: {
    rule: 'size.over',
    message: `The change has ${bytes} bytes, and the rules have read the first ${longestPatch} of them only`,
    severity: 'warning',
  },
});
