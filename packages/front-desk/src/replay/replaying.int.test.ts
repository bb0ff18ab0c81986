import { streams } from '@hive/events';
import { expect, test } from 'vitest';
import { makeRepo, openHouse, patch } from '../testing/house.ts';

/** A workflow of a person's change that was cancelled, so that it is over. */
const houseWithPast = async (options: Parameters<typeof openHouse>[0] = {}) => {
  const house = await openHouse(options);
  const repo = makeRepo();
  const { id } = await house.desk.submit({ goal: 'Say two', repo: repo.dir, checks: ['true'], patch });
  await house.start(id);
  await house.desk.cancel(id);
  return { ...house, id };
};

test('what is still on its way is not replayed, and what is over keeps all but its ids and its target', async () => {
  const side = makeRepo();
  side.git('branch', 'side');
  const house = await openHouse();
  const { desk } = house;
  const { id } = await desk.submit({ goal: 'Say two', repo: side.dir, checks: ['true'], patch, into: 'side' });
  const [task] = await house.start(id);
  await expect(desk.replay(id)).rejects.toMatchObject({ code: 'input.state' });
  await desk.cancel(id);
  const again = await desk.replay(id.slice(-8));
  const [before, after] = [await house.submissionOf(id), await house.submissionOf(again.id)];
  expect(after).toMatchObject({
    goal: before.goal,
    repo: before.repo,
    base: before.base,
    checks: before.checks,
    into: null,
  });
  expect(after.replay).toMatchObject({ of: id, beyond: 'refuse', models: {} });
  expect(after.branch).not.toBe(before.branch);
  const plan = await house.planOf(again.id);
  expect(plan.tasks).toMatchObject([{ key: task?.key, patch: task?.patch }]);
  expect(plan.tasks[0]?.id).not.toBe(task?.id);
  // A replay may be replayed, and its recording ends where it was when it was asked for.
  const [last] = (await desk.trace(id)).toReversed();
  expect(after.replay?.upTo).toBe(last?.id);
});

test('a repeated key answers the workflow that it made', async () => {
  const { desk, id } = await houseWithPast();
  const first = await desk.replay(id, {}, { key: 'k' });
  expect(await desk.replay(id, {}, { key: 'k' })).toEqual(first);
  expect((await desk.replay(id)).id).not.toBe(first.id);
});

test('a fork says from where, names events of its own workflow only, and looks for its models first', async () => {
  const asked: string[] = [];
  const model = ({ role, ref }: { role: string; ref: string | null }) => {
    asked.push(`${role} ${ref}`);
    return Promise.reject(new Error('nobody is there'));
  };
  const { desk, id, store } = await houseWithPast({ means: { model } });
  const events = await desk.trace(id);
  const at = String(events[1]?.position);
  await expect(desk.replay(id, { models: { worker: 'x' } })).rejects.toThrow('Say from which event');
  for (const wrong of ['0', 'ffffffffffff', '123456789'])
    await expect(desk.replay(id, { at: wrong })).rejects.toMatchObject({ code: 'input.unknown_id' });
  const end = await store.end();
  await expect(desk.replay(id, { at, models: { reviewer: 'ollama:x' } })).rejects.toThrow('nobody is there');
  expect(asked).toEqual(['reviewer ollama:x']);
  expect(await store.end()).toEqual(end);
  const fork = await desk.replay(id, { at: (events[1]?.id ?? '').slice(-12) });
  const head = (await store.heads([streams.workflow(fork.id)])).heads.get(streams.workflow(fork.id));
  expect(head?.view).toMatchObject({ submission: { replay: { beyond: 'live', upTo: events[1]?.id } } });
});

test('only what was made from a recording is compared', async () => {
  const { desk, id } = await houseWithPast();
  await expect(desk.comparison(id)).rejects.toMatchObject({ code: 'input.state' });
  const again = await desk.replay(id);
  expect(await desk.comparison(again.id)).toMatchObject({
    equal: false,
    then: { workflow: id, status: 'cancelled', paid: { calls: 0, costUsd: 0 } },
    now: { workflow: again.id, status: 'submitted', ms: null },
  });
});
