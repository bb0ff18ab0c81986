import { existsSync } from 'node:fs';
import { isAbsolute } from 'node:path';
import { repoConfigOf, type HiveConfig } from '@hive/config';
import type { Store } from '@hive/core-db';
import type { Choices, Desk, RepoLook, WorkflowView } from '@hive/events';
import { assertHomeOutside, branchesOf, checkedOut, findNested, openRepo, resolveBase } from '@hive/workspace';
import { aboutField } from './about-field.ts';
import { notWhole } from './at-the-door.ts';
import { chooseChecks, chooseSetup } from './proof-at-the-door.ts';

/** So many of the newest workflows are asked for their repositories. */
const lookedAt = 500;

type Known = Pick<HiveConfig, 'home' | 'repos' | 'planning' | 'models' | 'budgets'>;

/** What a form for new work offers, and what it shows before it is sent. Nothing is run, and nothing recorded. */
export const createChoices = (store: Store, config: Known): Pick<Desk, 'choices' | 'lookAtRepo'> => ({
  choices: async () => {
    const lastAt = new Map<string, string | null>();
    for (const head of await store.listHeads({ kind: 'workflow', limit: lookedAt })) {
      const { submission, submittedAt } = head.view as WorkflowView; // heads of kind workflow
      if (!submission.example && !lastAt.has(submission.repo)) lastAt.set(submission.repo, submittedAt);
    }
    const configured = new Set(config.repos.map(({ path }) => path));
    // One that was moved or removed since is no offer; what hive.yaml names stays, so that its mistake is seen.
    for (const path of lastAt.keys()) if (!configured.has(path) && !existsSync(path)) lastAt.delete(path);
    for (const path of configured) if (!lastAt.has(path)) lastAt.set(path, null);
    const { planner, worker } = config.models;
    const budget = config.budgets.workflow;
    return {
      repos: [...lastAt].map(([repo, at]) => ({ repo, configured: configured.has(repo), lastAt: at })),
      templates: templatesOf(config.planning.templates),
      models: [...new Set([...worker, ...planner])],
      budget: budget && {
        ...(budget.usd !== undefined && { usd: budget.usd }),
        ...(budget.tokens !== undefined && { tokens: budget.tokens }),
      },
    };
  },

  lookAtRepo: async ({ repo: dir, base: ref }): Promise<RepoLook> => {
    if (!isAbsolute(dir)) throw notWhole(dir);
    const repo = await aboutField('repo', async () => {
      const opened = await openRepo(dir);
      await assertHomeOutside(config.home, opened);
      return opened;
    });
    const base = await aboutField('base', () => resolveBase(repo, ref));
    const configured = repoConfigOf(config, repo.root);
    const given = { request: {}, plan: null, configured, repo, base };
    const [checks, setup, branches, shown] = await Promise.all([
      chooseChecks(given),
      chooseSetup(given),
      branchesOf(repo),
      checkedOut(repo),
    ]);
    return {
      repo: repo.root,
      base,
      branch: repo.headRef?.replace(/^refs\/heads\//, '') ?? null,
      branches: branches.filter((name) => !shown.includes(name)),
      checks,
      setup,
      nested: checks.length === 0 ? await findNested(repo, base) : [],
      into: configured?.into ?? null,
    };
  },
});

const templatesOf = (templates: Known['planning']['templates']): Choices['templates'] =>
  Object.entries(templates).map(([name, { agents, stages }]) => ({
    name,
    agents: agents.map((agent) => agent.name),
    stages: stages.map((stage) => ({ name: stage.name, agent: stage.agent?.name ?? null })),
  }));
