import { repoConfigOf, type HiveConfig } from '@hive/config';
import type { Check, Setup } from '@hive/events';
import { chooseChecks, chooseSetup } from '@hive/front-desk';
import type { PastCommit, Repo } from '@hive/workspace';

/** How one commit is proven: as if it were handed in on top of its parent. */
export type Means = {
  readonly checks: readonly Check[];
  readonly setup: Setup | null;
  readonly headSetup: Setup | null;
};

/** What was asked for on the command line. */
export type Asked = { readonly checks: readonly string[]; readonly setup: string | undefined };

/** Chooses checks and setup like the front desk does. What is found is what the commit's parent brings along, since a commit could bring a check that is always green. */
export const chooserOf = (config: Pick<HiveConfig, 'repos'>, repo: Repo, { checks, setup }: Asked) => {
  const request = { ...(checks.length > 0 && { checks: [...checks] }), ...(setup !== undefined && { setup }) };
  const configured = repoConfigOf(config, repo.root);
  const at = (base: string) => ({ request, plan: null, configured, repo, base });
  return async ({ commit, parent }: PastCommit): Promise<Means> => {
    if (parent === null) return { checks: [], setup: null, headSetup: null };
    const [onBase, base, head] = await Promise.all([
      chooseChecks(at(parent)),
      chooseSetup(at(parent)),
      chooseSetup(at(commit)),
    ]);
    return { checks: onBase, setup: base, headSetup: head };
  };
};
