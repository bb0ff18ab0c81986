import type { RepoConfig } from '@hive/config';
import { HiveError } from '@hive/errors';
import type { Check, PlanFile, Setup, SubmitRequest } from '@hive/events';
import { findChecks, findSetup, splitCommand, type Repo } from '@hive/workspace';
import { checkOf, type Draft } from './draft.ts';

type Given = {
  readonly request: Pick<SubmitRequest, 'checks' | 'setup'>;
  readonly plan: PlanFile | null;
  readonly configured: RepoConfig | undefined;
  readonly repo: Repo;
  readonly base: string;
};

/** The checks of a workflow: those of `--check`, else of the plan, else of hive.yaml, else what the repository brings along. */
export const chooseChecks = async ({ request, plan, configured, repo, base }: Given): Promise<Check[]> => {
  if (request.checks?.length) return distinct(request.checks.map((check) => checkOf(check, 'given')));
  if (plan?.checks?.length) return distinct(plan.checks.map((check) => checkOf(check, 'plan')));
  if (configured?.checks?.length) return distinct(configured.checks.map((check) => checkOf(check, 'config')));
  return findChecks(repo, base);
};

/** What installs the things that checks need, by the same precedence. The lock file is always that of the repository. */
export const chooseSetup = async ({ request, plan, configured, repo, base }: Given): Promise<Setup | null> => {
  const found = await findSetup(repo, base);
  const lockfile = found?.lockfile ?? null;
  if (request.setup !== undefined) return { argv: splitCommand(request.setup), lockfile, source: 'given' };
  if (plan?.setup !== undefined) return { argv: splitCommand(plan.setup), lockfile, source: 'plan' };
  if (configured?.setup !== undefined) return { argv: splitCommand(configured.setup), lockfile, source: 'config' };
  return found;
};

/** Refuses what nothing could prove. `tasks` is null while a planner has still to make them; `nested` are projects below the top, for the line to add. */
export const assertProvable = (
  checks: readonly Check[],
  tasks: readonly Draft[] | null,
  { root, nested = [] }: { readonly root: string; readonly nested?: readonly { folder: string; command: string }[] },
): void => {
  const without =
    tasks === null ? checks.length === 0 : checks.length === 0 && tasks.some((task) => task.checks.length === 0);
  if (without) throw noChecks(root, nested);
};

/** What is said where no check was found: how to name one, after what lies below the top. */
export const noChecks = (root: string, nested: readonly { folder: string; command: string }[]): HiveError => {
  const [first] = nested;
  const below =
    first === undefined ? '' : ` at its top; ${nested.map(({ folder }) => folder).join(', ')} may have some`;
  const command = first?.command ?? 'npm test';
  return new HiveError(
    'evidence.no_checks',
    `Nothing would prove a change of ${root}: no check was given and none was found${below}. Name one, on the command line with ` +
      `--check "${command}"${first ? '' : ' (your test command)'}, or add this line to hive.yaml under hive.repos:  ${root}: { checks: [${command}] }`,
  );
};

const distinct = (checks: readonly Check[]): Check[] => [
  ...new Map(checks.map((check) => [check.name, check])).values(),
];
