import { setTimeout as sleep } from 'node:timers/promises';
import { defineAgent, workspaceOf } from '@hive/agent-kit';
import { createRepo, openHouse, type House, type TestRepo } from '@hive/agent-kit/testing';
import { streams, type Check, type PlannedTask } from '@hive/events';
import { createWorkspace, mirrorName, type Workspace } from '@hive/workspace';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import reviewer from './agent.ts';

vi.setConfig({ testTimeout: 30_000 });

/** Green while a.txt and b.txt do not both say `two`. */
const check: Check = {
  name: 'check',
  argv: ['sh', '-c', '! grep -q two a.txt || ! grep -q two b.txt'],
  source: 'given',
};

let house: House;
let repo: TestRepo;
let workspace: Workspace;
let stream: string;
let branch: string;

beforeEach(async () => {
  house = await openHouse();
  repo = createRepo(house.folder, { 'a.txt': 'one\n', 'b.txt': 'one\n', 'c.txt': 'one\n' });
  workspace = createWorkspace({
    home: house.config.home,
    artefacts: house.artefacts,
    agent: 'worker-test',
    incarnation: 'test',
    env: { PATH: '/usr/local/bin:/usr/bin:/bin' },
    sandbox: { mode: 'none', allowUnsandboxed: true },
  });
});
afterEach(() => house.close());

const begin = async (...tasks: Partial<PlannedTask>[]) => {
  const ids = await house.begin({ repo: repo.root, base: repo.base, checks: [check] }, ...tasks);
  const { workflowId } = await house.view(ids[0] ?? '');
  branch = `hive/test-${workflowId.slice(-8)}`;
  stream = streams.merge(mirrorName(repo.root), branch);
  return ids as [string, string];
};

/** A change on the base that a worker has made, the checks have proven and a reviewer has approved. */
const approve = async (taskId: string, patch: string, author = 'human') => {
  const about = { repo: repo.root, base: repo.base, setup: null, passEnv: [], signal: new AbortController().signal };
  const worktree = await workspace.open({ ...about, modelAuthored: false });
  await worktree.apply(Buffer.from(patch));
  const made = await worktree.commit({ subject: 'Change', trailers: {} });
  await worktree.remove();
  if (!made) throw new Error('nothing changed');
  const proof = await workspace.prove({
    ...about,
    head: made.commit,
    author,
    checks: [check],
    tests: undefined,
    redBefore: 'not_needed',
    timeoutMs: 30_000,
    agent: 'worker-test',
  });
  const about2 = (step: 'work' | 'check' | 'review', token: number) => ({ taskId, step, attempt: 1, token });
  const hash = await house.artefacts.put(made.patch);
  const of = streams.task(taskId);
  await house.tell(
    taskId,
    { type: 'task.ready', stream: of, data: { taskId } },
    {
      type: 'task.claimed',
      stream: of,
      data: { ...about2('work', 1), agent: 'worker-test', leaseUntil: new Date().toISOString() },
    },
    {
      type: 'task.submitted',
      stream: of,
      data: { ...about2('work', 1), base: repo.base, commit: made.commit, patch: hash, author, agent: 'worker-test' },
    },
    {
      type: 'task.checked',
      stream: of,
      data: { ...about2('check', 2), evidence: proof.evidence, verdict: { code: null, reason: null, findings: [] } },
    },
    {
      type: 'task.review_completed',
      stream: of,
      data: {
        ...about2('review', 3),
        decision: 'approve',
        reviewer: { agent: 'reviewer', kind: 'rules' },
        findings: [],
        remaining: 0,
      },
    },
  );
  return made.commit;
};

/** The reviewer, with some of its workspace replaced. */
const start = (change: (real: Workspace) => Partial<Workspace> = () => ({}), name = 'reviewer') =>
  house.start(
    defineAgent<Workspace>({
      ...reviewer,
      open: (ctx) => {
        const real = workspaceOf(ctx);
        return Promise.resolve({ ...real, ...change(real) });
      },
    }),
    name,
  );

const ended = async (taskId: string, state: string) =>
  expect.poll(async () => (await house.view(taskId)).state, { timeout: 15_000 }).toBe(state);
const mergeEvents = async () => (await house.events(stream)).map((event) => event.type.slice('merge.'.length));
const commits = () => repo.git('log', '--format=%H', `${repo.base}..${branch}`).split('\n').filter(Boolean);
const tipOf = () => repo.git('rev-parse', branch);
const two = (file: string) => repo.patchOf({ [file]: 'two\n' });

/** Fails at the first call, before or after the real one: what a kill at that point leaves behind. */
const killedOnce = (at: 'before' | 'after') => (real: Workspace) => {
  let killed = false;
  return {
    deliver: async (delivery: Parameters<Workspace['deliver']>[0]) => {
      const dies = !killed;
      killed = true;
      if (dies && at === 'before') throw new Error('killed');
      const delivered = await real.deliver(delivery);
      if (dies) throw new Error('killed');
      return delivered;
    },
  };
};

test('an approved change becomes the branch of the user: intent, ref, outcome', async () => {
  const [a] = await begin({});
  const commit = await approve(a, two('a.txt'));
  await start();
  await house.enqueue(a, 'merge');
  await ended(a, 'merged');
  expect(await mergeEvents()).toEqual(['intended', 'completed']);
  expect(tipOf()).toBe(commit);
  expect(repo.git('notes', '--ref', 'hive', 'show', branch)).toContain('"greenAfter":true');
  expect((await house.view(a)).evidence?.reviewers).toEqual([{ agent: 'reviewer', kind: 'rules' }]);
  expect(await house.broken()).toEqual([]);
});

test('killed after the ref had moved: the next claim records the outcome, and nothing is merged twice', async () => {
  const [a] = await begin({});
  const commit = await approve(a, two('a.txt'));
  await start(killedOnce('after'));
  await house.enqueue(a, 'merge');
  await ended(a, 'merged');
  expect(await mergeEvents()).toEqual(['intended', 'completed']);
  expect(commits()).toEqual([commit]);
  expect(await house.broken()).toEqual([]);
});

const mergeFirst = async (taskId: string, file = 'a.txt') => {
  await approve(taskId, two(file));
  await house.enqueue(taskId, 'merge');
  await ended(taskId, 'merged');
};

test('killed after the intent, before the ref: the very commit that was intended is merged, not one made anew', async () => {
  const [a, b] = await begin({}, {});
  let proofs = 0;
  let armed = false;
  const killed = killedOnce('before');
  await start((real) => {
    const dying = killed(real);
    return {
      deliver: (delivery) => (armed ? dying.deliver(delivery) : real.deliver(delivery)),
      prove: (request) => ((proofs += 1), real.prove(request)),
    };
  });
  await mergeFirst(a);
  armed = true;
  await approve(b, two('c.txt'));
  await house.enqueue(b, 'merge');
  await ended(b, 'merged');
  const intents = (await house.events(stream)).flatMap((event) =>
    event.type === 'merge.intended' ? [event.data.to] : [],
  );
  expect(intents).toHaveLength(2);
  expect(tipOf()).toBe(intents[1]);
  expect(proofs).toBe(1);
  expect(await house.broken()).toEqual([]);
});

test('a branch that has moved on: the change is put on top and proven anew there', async () => {
  const [a, b] = await begin({}, {});
  await start();
  await mergeFirst(a);
  const first = tipOf();
  const commit = await approve(b, two('c.txt'));
  await house.enqueue(b, 'merge');
  await ended(b, 'merged');
  expect(await mergeEvents()).toEqual(['intended', 'completed', 'batch_checked', 'intended', 'completed']);
  expect(commits()).toHaveLength(2);
  expect(tipOf()).not.toBe(commit);
  expect((await house.view(b)).evidence).toMatchObject({ base: first, head: tipOf(), reviewers: [{ kind: 'rules' }] });
  expect(await house.broken()).toEqual([]);
});

test.each([
  ['a conflict', 'human', { 'a.txt': 'three\n' }, { state: 'refused', code: 'patch.conflict' }],
  ['a red check on the new base', 'human', { 'b.txt': 'two\n' }, { state: 'refused', code: 'checks.red' }],
  ['a change that is there already', 'human', { 'a.txt': 'two\n' }, { state: 'refused', code: 'patch.empty' }],
  ['a conflict of a model', 'double:test', { 'a.txt': 'three\n' }, { state: 'ready', returns: 1 }],
] as const)('%s moves no ref', async (_, author, change, expected) => {
  const [a, b] = await begin({}, {});
  await start();
  await mergeFirst(a);
  const before = tipOf();
  await approve(b, repo.patchOf(change), author);
  await house.enqueue(b, 'merge');
  await ended(b, expected.state);
  expect(await house.view(b)).toMatchObject(expected);
  expect(tipOf()).toBe(before);
  expect((await mergeEvents()).at(-1)).toBe('rejected');
  expect(await house.broken()).toEqual([]);
});

test('two reviewers on one branch: one that was paused past its lease doubles nothing when it wakes', async () => {
  const [a, b] = await begin({}, {});
  const paused = Promise.withResolvers<void>();
  const wake = Promise.withResolvers<void>();
  const woken = Promise.withResolvers<unknown>();
  let merges = 0;
  await start((real) => ({
    deliver: async (delivery) => {
      if (++merges === 1) return real.deliver(delivery);
      paused.resolve();
      await wake.promise;
      return real.deliver(delivery).finally(() => woken.resolve(null));
    },
  }));
  await mergeFirst(a);
  await approve(b, two('c.txt'));
  await house.enqueue(b, 'merge');
  await paused.promise;
  const [step] = await house.store.steps({ taskId: b, states: ['claimed'], limit: 1 });
  if (!step) throw new Error('not claimed');
  // What the queen does with a holder that is silent, and meant for somebody else.
  await house.store.write({
    events: [],
    heads: [],
    changeSteps: [{ id: step.id, expect: { state: 'claimed', token: step.token }, set: { onlyAgent: 'other' } }],
  });
  await house.store.renew([step], step.holder ?? '', -1);
  expect(await house.bus.queue.rescue()).toBe(1);
  await start(undefined, 'other');
  await ended(b, 'merged');
  const tip = tipOf();
  wake.resolve();
  await woken.promise;
  await sleep(100); // what the late holder writes would be here by then
  expect(tipOf()).toBe(tip);
  expect(commits()).toHaveLength(2);
  expect((await mergeEvents()).filter((type) => type === 'completed')).toHaveLength(2);
  expect(await house.broken()).toEqual([]);
});

test.each([
  ['had moved', 'completed', 2],
  ['had not moved', 'rejected', 1],
] as const)(
  'a task was cancelled in the middle of its merge and the ref %s: the next merge says so first',
  async (how, outcome, count) => {
    const [a, b] = await begin({}, {});
    let first = true;
    await start((real) => ({
      deliver: async (delivery) => {
        if (!first) return real.deliver(delivery);
        first = false;
        if (how === 'had moved') await real.deliver(delivery);
        await house.tell(a, { type: 'task.cancelled', stream: streams.task(a), data: { taskId: a } });
        throw new Error('killed');
      },
    }));
    await approve(a, two('a.txt'));
    await house.enqueue(a, 'merge');
    await ended(a, 'cancelled');
    await approve(b, two('c.txt'));
    await house.enqueue(b, 'merge');
    await ended(b, 'merged');
    const events = await house.events(stream);
    const told = events.find((event) => event.type === `merge.${outcome}`);
    expect(told?.data).toMatchObject({ taskId: a });
    expect((await mergeEvents()).slice(-2)).toEqual(['intended', 'completed']);
    expect(commits()).toHaveLength(count);
    expect(await house.broken()).toEqual([]);
  },
);

test('a branch that the user has checked out is waited for, at no cost', async () => {
  const [a, b] = await begin({}, {});
  await start();
  await mergeFirst(a);
  await approve(b, two('c.txt'));
  repo.git('switch', '--quiet', branch);
  await house.enqueue(b, 'merge', { maxAttempts: 1 });
  await expect
    .poll(async () => (await house.events(streams.task(b))).some((event) => event.type === 'task.snoozed'), {
      timeout: 10_000,
    })
    .toBe(true);
  repo.git('switch', '--quiet', 'main');
  await ended(b, 'merged');
  expect(await house.view(b)).toMatchObject({ attempts: 0 });
  expect(commits()).toHaveLength(2);
  expect(await house.broken()).toEqual([]);
});
