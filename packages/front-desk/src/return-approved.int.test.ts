import { newId, record } from '@hive/bus';
import { mirrorName } from '@hive/workspace';
import { streams, type NewEvent } from '@hive/events';
import { expect, test } from 'vitest';
import { evidence, makeRepo, openHouse, sha } from './testing/house.ts';

const hash = 'b'.repeat(64);
/** A workflow with two approved changes of a model, the first of which is queued for its merge. */
const houseWithApproved = async ({ author = 'ollama:m@box' } = {}) => {
  const house = await openHouse();
  const { bus, store } = house;
  const repo = makeRepo().dir;
  const plan = { version: 1, tasks: ['one', 'two'].map((key) => ({ key, title: key, kind: 'command', run: 'true' })) };
  const { id } = await house.desk.submit({ goal: 'Two', repo, checks: ['true'], plan });
  const [first, second] = await house.start(id);
  if (!first || !second) throw new Error('the plan has two tasks');
  const approved = ({ id: taskId }: { readonly id: string }): NewEvent[] => {
    const stream = streams.task(taskId);
    const at = (step: 'work' | 'check' | 'review', token: number) => ({ taskId, step, attempt: 1, token });
    const claimed = (step: 'work' | 'check' | 'review', token: number): NewEvent => ({
      type: 'task.claimed',
      stream,
      data: { ...at(step, token), agent: 'w', leaseUntil: '2030-01-01T00:00:00Z' },
    });
    return [
      { type: 'task.ready', stream, data: { taskId } },
      claimed('work', 1),
      {
        type: 'task.submitted',
        stream,
        data: { ...at('work', 1), base: sha, commit: sha, patch: hash, author, agent: 'w' },
      },
      claimed('check', 2),
      {
        type: 'task.checked',
        stream,
        data: { ...at('check', 2), evidence, verdict: { code: null, reason: null, findings: [] } },
      },
      claimed('review', 3),
      {
        type: 'task.review_completed',
        stream,
        data: {
          ...at('review', 3),
          ...{ decision: 'approve', reviewer: { agent: 'r', kind: 'rules' }, findings: [], remaining: 0 },
        },
      },
    ];
  };
  await house.move(id, ...approved(first), ...approved(second));
  const queueMerge = async (taskId: string, options: { readonly with?: readonly string[] } = {}) => {
    await record(store, {
      streams: [streams.task(taskId)],
      onRefused: 'throw',
      plan: () => ({
        moves: [
          {
            events: [],
            step: {
              ...{ id: newId(), kind: 'merge', workflowId: id, taskId, capabilities: [], priority: 0, maxAttempts: 5 },
              ...{ onlyAgent: null, avoidAgent: null, because: 'first of the approved changes', ...options },
            },
          },
        ],
        stamp: { correlationId: id, causationId: null, actor: 'orchestrator' },
      }),
    });
  };
  const claim = async () => {
    const [claimed] = await bus.queue.claim({
      ...{ kinds: ['merge'], agent: 'reviewer-1', incarnation: newId(), capabilities: [], limit: 1, leaseMs: 60_000 },
    });
    return claimed;
  };
  const merges = async () => (await store.steps({ workflowId: id, limit: 10 })).filter(({ kind }) => kind === 'merge');
  return { ...house, id, repo, first: first.id, second: second.id, queueMerge, claim, merges };
};

test('an approved change that waits for its merge goes back with a note, and its merge is taken out of the queue', async () => {
  const { desk, first, queueMerge, claim, merges } = await houseWithApproved();
  await queueMerge(first);
  expect(await desk.retry(first, { note: 'use UTC' })).toMatchObject({ status: 'ready', note: 'use UTC' });
  expect((await merges()).map(({ state }) => state)).toEqual(['cancelled']);
  expect(await claim()).toBeUndefined();
});

test('one that would go in with another is returned too, and the other stays queued', async () => {
  const { desk, first, second, queueMerge, claim } = await houseWithApproved();
  await queueMerge(first, { with: [second] });
  expect((await desk.retry(second, { note: 'not yet' })).status).toBe('ready');
  expect((await claim())?.step.taskId).toBe(first);
});

test('once a merge of the branch has begun it is refused, whether its own or one that may take it along', async () => {
  const { desk, first, second, queueMerge, claim } = await houseWithApproved();
  await queueMerge(first, { with: [second] });
  await claim();
  for (const id of [first, second])
    await expect(desk.retry(id, { note: 'stop' })).rejects.toMatchObject({
      code: 'input.state',
      message: expect.stringContaining('has begun') as string,
    });
});

test('a claim that comes between the look and the commit wins, also that of another change which may take it along', async () => {
  const { desk, bus, first, second, queueMerge, claim } = await houseWithApproved();
  await queueMerge(first, { with: [second] });
  const { heads } = bus.store;
  let isFirst = true;
  bus.store.heads = async (names) => {
    const found = await heads.call(bus.store, names);
    // After the steps were read for the return, and before it is written.
    if (isFirst && names.some((name) => name.startsWith('merge/'))) {
      isFirst = false;
      await claim();
    }
    return found;
  };
  await expect(desk.retry(second, { note: 'stop' })).rejects.toMatchObject({
    code: 'input.state',
    message: expect.stringContaining('has begun') as string,
  });
  expect((await desk.task(second)).status).toBe('reviewed');
});

test('a move that was intended and is not told yet keeps what is part of it', async () => {
  const { desk, id, repo, first, queueMerge, move, submissionOf } = await houseWithApproved();
  const { branch } = await submissionOf(id);
  await queueMerge(first);
  await move(id, {
    type: 'merge.intended',
    stream: streams.merge(mirrorName(repo), branch),
    data: { ...{ taskId: first, workflowId: id, branch, attempt: 1, token: 4 }, from: null, to: sha, evidence },
  });
  await expect(desk.retry(first, { note: 'stop' })).rejects.toMatchObject({ code: 'input.state' });
});

test('without a note, and to an author who reads none, nothing goes back', async () => {
  const { desk, first, queueMerge } = await houseWithApproved();
  await queueMerge(first);
  await expect(desk.retry(first)).rejects.toMatchObject({ code: 'input.invalid' });
  const byHand = await houseWithApproved({ author: 'human' });
  await byHand.queueMerge(byHand.first);
  await expect(byHand.desk.retry(byHand.first, { note: 'x' })).rejects.toMatchObject({
    message: expect.stringContaining('no model') as string,
  });
});

test('a change that was cancelled while it went in is not done anew: while that is not told yet it is to be asked again, then its commit is named', async () => {
  const house = await houseWithApproved();
  const { desk, first, second, id, repo, move } = house;
  const { branch } = await house.submissionOf(id);
  const stream = streams.merge(mirrorName(repo), branch);
  const about = { taskId: first, workflowId: id, branch, attempt: 1, token: 4 };
  const to = 'c'.repeat(40);
  await move(id, { type: 'merge.intended', stream, data: { ...about, from: null, to, change: sha, evidence } });
  await desk.cancelTask(first);
  await desk.cancelTask(second);
  await expect(desk.retry(first)).rejects.toMatchObject({
    code: 'input.state',
    message: expect.stringContaining('try again'),
  });
  expect(await desk.retry(second)).toMatchObject({ status: 'pending' });
  await move(id, { type: 'merge.completed', stream, data: { ...about, commit: to, evidence, into: null } });
  await expect(desk.retry(first)).rejects.toMatchObject({
    code: 'input.state',
    message: expect.stringContaining('cccccccccccc: there is nothing to retry'),
  });
  expect(await desk.task(first)).toMatchObject({ status: 'cancelled' });
});

test('one that was cancelled and whose move was given up is done anew', async () => {
  const { desk, first, id, repo, move, submissionOf } = await houseWithApproved();
  const { branch } = await submissionOf(id);
  const stream = streams.merge(mirrorName(repo), branch);
  const about = { taskId: first, workflowId: id, branch, attempt: 1, token: 4 };
  await move(id, { type: 'merge.intended', stream, data: { ...about, from: null, to: sha, change: sha, evidence } });
  await desk.cancelTask(first);
  const why = { code: 'lease.lost' as const, reason: 'ended before', culprit: first };
  await move(id, { type: 'merge.rejected', stream, data: { ...about, ...why } });
  expect(await desk.retry(first)).toMatchObject({ status: 'pending' });
});
