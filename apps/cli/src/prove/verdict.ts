import type { Code } from '@hive/errors';
import type { Evidence } from '@hive/events';
import { matcherOf, type PastCommit, type Proof } from '@hive/workspace';

/** What came of one commit. `skipped` ones cannot be proven at all; `infra` ones could not be tried. */
export const verdicts = ['proven', 'passes', 'red', 'infra', 'skipped'] as const;
export type CommitVerdict = (typeof verdicts)[number];

/** One commit after it was looked at. */
export type Examined = {
  readonly commit: PastCommit;
  readonly verdict: CommitVerdict;
  readonly code: Code | null;
  /** Why, in a few words; null where the figures say it. */
  readonly reason: string | null;
  /** What failed first, where something did. */
  readonly failure: string | null;
  readonly evidence: Evidence | null;
};

const documents = matcherOf([
  '**/*.{md,markdown,rst,adoc}',
  '**/{LICENSE,LICENCE,COPYING,NOTICE,AUTHORS,CHANGELOG,CHANGES,README}{,.txt}',
  '{doc,docs}/**',
]);

/** Why nothing can be proven of a commit, whatever its checks say; null when it can be tried. */
export const whySkipped = (commit: PastCommit, { isShallow }: { readonly isShallow: boolean }): string | null => {
  if (commit.parent === null)
    return isShallow ? 'what came before it is not in this shallow clone' : 'nothing was before it to compare with';
  return commit.paths.length === 0 ? 'changes no file' : commit.tooLarge;
};

/** What a proof says about a commit of the past. Green and nothing red before is no fault: it passes, and is not proven. */
export const judged = (commit: PastCommit, { code, reason, evidence }: Proof): Examined => {
  const is = (verdict: CommitVerdict, why: string | null): Examined => ({
    commit,
    verdict,
    code,
    reason: why,
    failure: code === 'checks.red' ? reason : null,
    evidence,
  });
  if (code === null) return is('proven', null);
  const before = evidence.commands.filter(({ on, exit }) => on === 'base' && exit !== 0).map(({ name }) => name);
  if (code === 'evidence.flaky')
    return is('passes', `${list(evidence.flaky)} ended differently when it ran again, and proves nothing`);
  const isRed = evidence.commands.some(({ on, exit }) => on === 'head' && exit !== 0);
  if (isRed) return is('red', before.length > 0 ? `red before it too (${list(before)})` : null);
  // Found checks that were red before do not count: they might be red for ever.
  if (code === 'evidence.no_checks')
    return is('passes', `${list(before)} was red before it, and would count if you named it with --check`);
  if (code !== 'evidence.not_red') return is('passes', reason);
  if (commit.paths.every(documents)) return is('passes', 'documents only');
  const hasTests = evidence.commands.some(({ on }) => on === 'base+tests');
  return is('passes', hasTests ? 'nothing failed without it, its own tests included' : 'nothing failed without it');
};

const list = (names: readonly string[] | undefined): string => names?.join(', ') ?? '';
