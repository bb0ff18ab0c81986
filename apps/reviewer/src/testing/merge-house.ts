import { defineAgent, workspaceOf, type Running } from '@hive/agent-kit';
import { createRepo, openHouse, type House, type TestRepo } from '@hive/agent-kit/testing';
import { streams, type Check, type Evidence, type PlannedTask, type Submission } from '@hive/events';
import { createWorkspace, mirrorName, type Workspace } from '@hive/workspace';
import { expect } from 'vitest';
import reviewer from '../agent.ts';

/** Green while a.txt and b.txt do not both say `two`. */
const check: Check = {
  name: 'check',
  argv: ['sh', '-c', '! grep -q two a.txt || ! grep -q two b.txt'],
  source: 'given',
};

/** A house with a repository, in which changes are approved and the reviewer merges them. */
export type MergeHouse = {
  readonly house: House;
  readonly repo: TestRepo;
  /** A running workflow with these tasks. */
  begin(...tasks: Partial<PlannedTask>[]): Promise<[string, string, ...string[]]>;
  /** The same under other rules. */
  beginWith(submission: Partial<Submission>, ...tasks: Partial<PlannedTask>[]): Promise<[string, string, ...string[]]>;
  /** A change on the base (of the repository, if none is named) that was made, checked (so it is told) and approved; answers its commit. */
  approve(taskId: string, patch: string, author?: string, base?: string): Promise<string>;
  /** Starts the reviewer, with some of its workspace replaced. */
  start(change?: (real: Workspace) => Partial<Workspace>, name?: string, host?: string): Promise<Running>;
  ended(taskId: string, state: string): Promise<void>;
  branch(): string;
  stream(): string;
  /** What the branch was told, without `merge.` */
  mergeEvents(): Promise<string[]>;
  /** The commits of the branch, newest first. */
  commits(): string[];
  tipOf(): string;
};

/** Opens one. Close its `house`. */
export const openMergeHouse = async (files: Readonly<Record<string, string>> = {}): Promise<MergeHouse> => {
  const house = await openHouse();
  const repo = createRepo(house.folder, { 'a.txt': 'one\n', 'b.txt': 'one\n', 'c.txt': 'one\n', ...files });
  const workspace = createWorkspace({
    home: house.config.home,
    artefacts: house.artefacts,
    agent: 'worker-test',
    incarnation: 'test',
    env: { PATH: '/usr/local/bin:/usr/bin:/bin' },
    sandbox: { mode: 'none', allowUnsandboxed: true },
  });
  let branch = '';
  const stream = () => streams.merge(mirrorName(repo.root), branch);

  const beginWith: MergeHouse['beginWith'] = async (submission, ...tasks) => {
    const ids = await house.begin({ repo: repo.root, base: repo.base, checks: [check], ...submission }, ...tasks);
    const { workflowId } = await house.view(ids[0] ?? '');
    branch = `hive/test-${workflowId.slice(-8)}`;
    return ids as [string, string, ...string[]];
  };

  const approve: MergeHouse['approve'] = async (taskId, patch, author = 'human', base = repo.base) => {
    const about = { repo: repo.root, base, setup: null, passEnv: [], signal: new AbortController().signal };
    const worktree = await workspace.open({ ...about, modelAuthored: false });
    await worktree.apply(Buffer.from(patch));
    const made = await worktree.commit({
      subject: 'Change',
      trailers: { 'Hive-Correlation-Id': (await house.view(taskId)).workflowId },
    });
    await worktree.remove();
    if (!made) throw new Error('nothing changed');
    const hash = await house.artefacts.put(made.patch);
    const ran = { name: check.name, argv: [...check.argv], exit: 0, ms: 1, log: hash };
    const evidence: Evidence = {
      ...{ base, head: made.commit, tree: made.tree, patch: hash, author },
      commands: [
        { ...ran, on: 'base' },
        { ...ran, on: 'head' },
      ],
      ...{ redBefore: 'not_needed', greenAfter: true, sandbox: 'none', at: new Date().toISOString() },
      checkedBy: { agent: 'worker-test', host: 'here' },
    };
    // Below those that the queue gives out.
    const about2 = (step: 'work' | 'check' | 'review') => ({ taskId, step, attempt: 1, token: 0 });
    const of = streams.task(taskId);
    await house.tell(
      taskId,
      { type: 'task.ready', stream: of, data: { taskId } },
      {
        type: 'task.claimed',
        stream: of,
        data: { ...about2('work'), agent: 'worker-test', leaseUntil: new Date().toISOString() },
      },
      {
        type: 'task.submitted',
        stream: of,
        data: { ...about2('work'), base, commit: made.commit, patch: hash, author, agent: 'worker-test' },
      },
      {
        type: 'task.checked',
        stream: of,
        data: { ...about2('check'), evidence, verdict: { code: null, reason: null, findings: [] } },
      },
      {
        type: 'task.review_completed',
        stream: of,
        data: {
          ...about2('review'),
          decision: 'approve',
          reviewer: { agent: 'reviewer', kind: 'rules' },
          findings: [],
          remaining: 0,
        },
      },
    );
    return made.commit;
  };

  return {
    house,
    repo,
    beginWith,
    begin: (...tasks) => beginWith({}, ...tasks),
    approve,
    start: (change = () => ({}), name = 'reviewer', host) =>
      house.start(
        defineAgent<Workspace>({
          ...reviewer,
          open: (ctx) => {
            const real = workspaceOf(ctx);
            return Promise.resolve({ ...real, ...change(real) });
          },
        }),
        name,
        host === undefined ? {} : { host },
      ),
    ended: async (taskId, state) => void (await expect.poll(async () => (await house.view(taskId)).state).toBe(state)),
    branch: () => branch,
    stream,
    mergeEvents: async () => (await house.events(stream())).map((event) => event.type.slice('merge.'.length)),
    commits: () => repo.git('log', '--format=%H', `${repo.base}..${branch}`).split('\n').filter(Boolean),
    tipOf: () => repo.git('rev-parse', branch),
  };
};
