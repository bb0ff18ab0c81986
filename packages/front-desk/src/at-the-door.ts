import { isAbsolute } from 'node:path';
import { newId } from '@hive/bus';
import { policyFor, repoConfigOf, type HiveConfig } from '@hive/config';
import { HiveError, beginningOf, findNotPlain, hasCode, notPlain } from '@hive/errors';
import { SubmitRequest, assertRecordable, parsePlanFile, type PlanFile, type Submission } from '@hive/events';
import {
  assertHomeOutside,
  assertWritable,
  changeOf,
  checkedOut,
  findNested,
  openRepo,
  resolveBase,
  type Change,
  type Repo,
} from '@hive/workspace';
import { aboutField } from './about-field.ts';
import { draftOfChange, draftsOfPlan, planOf, type Draft } from './draft.ts';
import { assertMeans, type Means } from './means.ts';
import { assertProvable, chooseChecks, chooseSetup } from './proof-at-the-door.ts';
import { isStoredPlan } from './stored-examples.ts';
import { tryPatches } from './try-patches.ts';

/** What the door needs to know of the house. */
export type Door = {
  readonly config: Pick<HiveConfig, 'home' | 'repos' | 'policies' | 'models' | 'sandbox' | 'budgets' | 'disk'>;
  readonly means: Partial<Means>;
};

/** A request that will be worked on: all of a submission but its ids, and the tasks unless a planner makes them. */
export type Accepted = {
  readonly submission: Omit<Submission, 'workflowId' | 'branch' | 'plan'>;
  readonly tasks: readonly Draft[] | null;
};

const invalid = (message: string, field?: string) =>
  new HiveError('input.invalid', message, field === undefined ? {} : { details: { field } });

/**
 * Accepts or refuses a request. Records nothing: a refusal leaves no trace (exit codes 2 and 78 of CONTRACTS section 4). `handed` is the change
 * itself, where it does not come with the request.
 */
export const atTheDoor = async (input: SubmitRequest, { config, means }: Door, handed?: Change): Promise<Accepted> => {
  const request = parseRequest(input);
  const repo = await aboutField('repo', async () => {
    const opened = await openRepo(request.repo);
    await assertHomeOutside(config.home, opened);
    await assertWritable(opened);
    return opened;
  });
  const configured = repoConfigOf(config, repo.root);
  const plan = request.plan === undefined ? null : parsePlanFile(request.plan);
  const change = handed ?? (await changeIn(request, repo));
  const base = change?.base ?? (await aboutField('base', () => resolveBase(repo, request.base)));
  const into = await aboutField('into', () => targetOf(request.into ?? configured?.into, repo));

  const redBefore: Submission['redBefore'] = request.redBefore ?? 'needed';
  const defaults = { redBefore, priority: request.priority ?? 0, repo: configured };
  const tasks = plan ? await draftsOfPlan(plan, defaults) : change ? [draftOfChange(change, defaults)] : null;
  const policy = policyFor(config, repo.root);
  const given = { request, plan, configured, repo, base };
  if (tasks) assertFits(tasks);
  const checks = await aboutField('checks', async () => {
    const chosen = await chooseChecks(given);
    const nested = chosen.length === 0 ? await findNested(repo, base) : [];
    assertProvable(chosen, tasks, { root: repo.root, nested });
    return chosen;
  });
  const setup = await aboutField('setup', () => chooseSetup(given));
  await tryPatches(tasks ?? [], { home: config.home, repo, base, ofPlan: plan !== null });
  await assertMeans(request, tasks, { means, config });

  return {
    tasks,
    submission: {
      goal: request.goal,
      repo: repo.root,
      base,
      into,
      ...(into !== null && { intoBy: request.into === undefined ? ('config' as const) : ('command' as const) }),
      ...(change?.tip !== undefined && { commit: change.tip }),
      checks,
      setup,
      source: plan ? 'file' : change ? 'submit' : 'model',
      model: request.model ?? null,
      localOnly: request.localOnly ?? false,
      budget: budgetOf(request.budget ?? config.budgets.workflow),
      redBefore,
      passEnv: [...new Set([...config.sandbox.passEnv, ...(request.passEnv ?? [])])],
      ...(request.until !== undefined && { until: until(request.until) }),
      ...(request.reserve !== undefined && { reserve: request.reserve }),
      ...(request.priority !== undefined && { priority: request.priority }),
      ...(request.dedupe && { dedupe: request.dedupe }),
      example: isExample(plan, repo, config.home),
      ...(Object.keys(policy).length > 0 && { policy }),
    },
  };
};

/** An id or address is as long as any other: how large the events of a plan are is known before they are made. */
const assertFits = (tasks: readonly Draft[]): void => {
  const workflowId = newId();
  assertRecordable(
    workflowId,
    planOf(tasks, workflowId, ({ patch }) => patch && '0'.repeat(64)),
  );
};

/** A moment that is over would let nothing begin. */
const until = (moment: string): string => {
  if (Date.parse(moment) > Date.now()) return moment;
  throw invalid(`No call to a model would begin: ${moment} is over`, 'until');
};

const parseRequest = (input: SubmitRequest): SubmitRequest => {
  const parsed = SubmitRequest.safeParse(input);
  const issue = parsed.error?.issues[0];
  if (!parsed.success)
    throw invalid(
      `The request is not valid at ${issue?.path.join('.') || 'its root'}: ${wrongWith(issue)}`,
      issue?.path[0]?.toString(),
    );
  const { plan, patch, ...texts } = parsed.data;
  const at = findNotPlain(texts);
  if (at) throw invalid(`The request is not valid at ${at.join('.')}: it ${notPlain}`, at[0]?.toString());
  const { commit, goal, repo } = texts;
  if (goal.trim() === '') throw invalid('The goal is empty; say what is to be done', 'goal');
  if (!isAbsolute(repo)) throw notWhole(repo);
  const sources = Object.entries({ plan, patch, commit }).filter(([, value]) => value !== undefined);
  if (sources.length > 1)
    throw invalid(`A request has one of ${sources.map(([name]) => name).join(' and ')}, not both`);
  return parsed.data;
};

/** A path is only whole where it means the same for everybody. */
export const notWhole = (repo: string): HiveError =>
  invalid(`The repository ${repo} has to be named by its whole path`, 'repo');

const wrongWith = (
  issue: { readonly code: string; readonly minimum?: unknown; readonly message: string } | undefined,
) => (issue?.code === 'too_small' && issue.minimum === 1 ? 'it is empty' : (issue?.message ?? ''));

const changeIn = async (request: SubmitRequest, repo: Repo): Promise<Change | null> => {
  if (request.commit !== undefined) return changeOf(repo, { kind: 'rev', name: request.commit }, request.base);
  if (request.patch === undefined) return null;
  const change = await changeOf(repo, { kind: 'patch', bytes: Buffer.from(request.patch) }, request.base);
  // A mailed patch says what it does; any other is told by its goal.
  return /^Subject: /m.test(request.patch.slice(0, 20_000))
    ? change
    : { ...change, title: beginningOf(request.goal, 300) };
};

/** The user's branch that is to be moved in the end. It must exist, and no working tree may show it. */
const targetOf = async (name: string | undefined, repo: Repo): Promise<string | null> => {
  if (name === undefined) return null;
  const branch = name.replace(/^refs\/heads\//, '');
  await resolveBase(repo, `refs/heads/${branch}`).catch((error: unknown) => {
    if (!hasCode(error, 'repo.base_unknown')) throw error;
    throw new HiveError(
      'repo.base_unknown',
      `${repo.root} has no branch ${branch} to merge into; make it with: git branch ${branch}`,
    );
  });
  if ((await checkedOut(repo)).includes(branch))
    throw new HiveError(
      'branch.checked_out',
      `${branch} is checked out in ${repo.root} or one of its worktrees, so it cannot be moved; switch to another branch there, or leave --into out`,
    );
  return branch;
};

const budgetOf = (
  limit: { readonly usd?: number | undefined; readonly tokens?: number | undefined } | null,
): Submission['budget'] =>
  limit && {
    ...(limit.usd !== undefined && { usd: limit.usd }),
    ...(limit.tokens !== undefined && { tokens: limit.tokens }),
  };

/** A bundled plan, or work on a repository that Hive itself made in its home: never counted among the user's figures. */
const isExample = (plan: PlanFile | null, repo: Repo, home: string): boolean =>
  (plan !== null && isStoredPlan(plan)) || repo.root.startsWith(`${home}/`);
