import { setTimeout as sleep } from 'node:timers/promises';
import type { House, TestRepo } from '@hive/agent-kit/testing';
import { streams } from '@hive/events';
import { evidenceDigest, type Workspace } from '@hive/workspace';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openMergeHouse, type MergeHouse } from './testing/merge-house.ts';

let house: House;
let repo: TestRepo;
let merging: MergeHouse;
let stream: string;
let branch: string;

beforeEach(async () => {
  merging = await openMergeHouse();
  ({ house, repo } = merging);
});
afterEach(() => house.close());

const begin: MergeHouse['begin'] = async (...tasks) => {
  const ids = await merging.begin(...tasks);
  [branch, stream] = [merging.branch(), merging.stream()];
  return ids;
};
const approve: MergeHouse['approve'] = (...all) => merging.approve(...all);
const start: MergeHouse['start'] = (...all) => merging.start(...all);
const ended: MergeHouse['ended'] = (...all) => merging.ended(...all);
const mergeEvents = () => merging.mergeEvents();
const commits = () => merging.commits();
const tipOf = () => merging.tipOf();
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
  const task = await house.view(a);
  expect(tipOf()).toBe(task.commit);
  expect(repo.git('rev-parse', `${branch}^`, `${branch}^{tree}`).split('\n')).toEqual([repo.base, task.evidence?.tree]);
  const note = repo.git('notes', '--ref', 'hive', 'show', branch);
  expect(JSON.parse(note)).toEqual(task.evidence);
  expect(task.evidence).toMatchObject({ head: commit, reviewers: [{ agent: 'reviewer', kind: 'rules' }] });
  const named = repo.git('log', '-1', '--format=%(trailers:key=Hive-Evidence,valueonly)', branch);
  expect(named.trim()).toBe(`sha256:${evidenceDigest(`${note.trim()}\n`)}`);
  expect(await house.broken()).toEqual([]);
});

test('killed after the ref had moved: the next claim records the outcome, and nothing is merged twice', async () => {
  const [a] = await begin({});
  await approve(a, two('a.txt'));
  await start(killedOnce('after'));
  await house.enqueue(a, 'merge');
  await ended(a, 'merged');
  expect(await mergeEvents()).toEqual(['intended', 'completed']);
  expect(commits()).toEqual([(await house.view(a)).commit]);
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
  const { evidence } = await house.view(b);
  expect(evidence).toMatchObject({ base: first, reviewers: [{ kind: 'rules' }] });
  expect(evidence?.tree).toBe(repo.git('rev-parse', `${branch}^{tree}`));
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
      timeout: 60_000,
    })
    .toBe(true);
  repo.git('switch', '--quiet', 'main');
  await ended(b, 'merged');
  expect(await house.view(b)).toMatchObject({ attempts: 0 });
  expect(commits()).toHaveLength(2);
  expect(await house.broken()).toEqual([]);
});

test.each([
  ['after', true],
  ['before', false],
] as const)(
  'cancelled while its branch is moved, and killed %s: what has moved is told although no merge follows',
  async (at, hasMoved) => {
    const [a] = await begin({});
    await approve(a, two('a.txt'));
    const cancelAndDie = killedOnce(at);
    const first = await start((real) => ({
      deliver: async (delivery) => {
        await house.tell(a, { type: 'task.cancelled', stream: streams.task(a), data: { taskId: a } });
        return cancelAndDie(real).deliver(delivery);
      },
    }));
    await house.enqueue(a, 'merge');
    await ended(a, 'cancelled');
    await expect.poll(async () => (await house.store.steps({ states: ['claimed'], limit: 1 })).length).toBe(0);
    await first.drain(0);
    expect(await mergeEvents()).toEqual(['intended']);
    await start(undefined, 'reviewer-2');
    if (hasMoved) {
      await expect.poll(mergeEvents).toEqual(['intended', 'completed']);
      expect(commits()).toHaveLength(1);
      expect(repo.git('notes', '--ref', 'hive', 'list').split('\n')).toHaveLength(1);
    } else {
      await expect.poll(mergeEvents).toEqual(['intended', 'rejected']);
      expect(repo.git('for-each-ref', 'refs/heads/hive')).toBe('');
    }
    expect(await house.view(a)).toMatchObject({ state: 'cancelled' });
    expect(await house.broken()).toEqual([]);
  },
);

test.each(['look', 'seal'])(
  'cancelled at the %s before its intent, a change stays out, and its reviewer turns to other things',
  async (at) => {
    const [a] = await begin({});
    let looks = 0;
    const cancel = () => house.tell(a, { type: 'task.cancelled', stream: streams.task(a), data: { taskId: a } });
    await start((real) => ({
      tip: async (...of) => {
        looks += 1;
        if (at === 'look' && looks === 1) await cancel();
        return real.tip(...of);
      },
      seal: async (request) => {
        if (at === 'seal') await cancel();
        return real.seal(request);
      },
    }));
    await approve(a, two('a.txt'));
    await house.enqueue(a, 'merge');
    await ended(a, 'cancelled');
    await sleep(500);
    const before = looks;
    await sleep(500);
    expect(looks).toBe(before);
    expect(await mergeEvents()).toEqual([]);
    expect(repo.git('for-each-ref', 'refs/heads/hive')).toBe('');
    expect(await house.broken()).toEqual([]);
  },
);

test.each(['the next merge', 'the look at what was left'])(
  'a holder that slept over its cancellation does not move the branch after %s has given its move up',
  async (by) => {
    const [a, b] = await begin({}, {});
    const asleep = Promise.withResolvers<void>();
    const wake = Promise.withResolvers<void>();
    const woken = Promise.withResolvers<unknown>();
    let isFirst = true;
    const either = (real: Workspace): Partial<Workspace> => ({
      seal: async (request) => {
        if (!isFirst) wake.resolve(); // it wakes while the branch still stands where it was
        if (!isFirst) await woken.promise;
        return real.seal(request);
      },
      deliver: async (delivery) => {
        if (!isFirst) return real.deliver(delivery);
        isFirst = false;
        asleep.resolve();
        await wake.promise;
        const late = real.deliver(delivery);
        await late.then(woken.resolve, woken.resolve);
        return late;
      },
    });
    await start(either);
    await approve(a, two('a.txt'));
    await house.enqueue(a, 'merge');
    await asleep.promise;
    await house.tell(a, { type: 'task.cancelled', stream: streams.task(a), data: { taskId: a } });
    if (by === 'the next merge') {
      await approve(b, two('c.txt'));
      await house.enqueue(b, 'merge');
    }
    await start(either, 'reviewer-2');
    if (by === 'the next merge') await ended(b, 'merged');
    else await expect.poll(mergeEvents).toEqual(['intended', 'rejected']);
    wake.resolve();
    expect(await woken.promise).toMatchObject({ code: 'lease.lost' });
    const heads = repo.git('for-each-ref', '--format=%(objectname)', 'refs/heads/hive').split('\n').filter(Boolean);
    expect(heads).toHaveLength(by === 'the next merge' ? 1 : 0);
    if (by === 'the next merge') expect(commits()).toHaveLength(1);
    expect(await house.broken()).toEqual([]);
  },
);
