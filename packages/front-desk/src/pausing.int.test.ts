import { createBus, newId } from '@hive/bus';
import { streams, type NewEvent, type Step } from '@hive/events';
import { expect, test } from 'vitest';
import { makeRepo, nobody, openHouse, patch } from './testing/house.ts';

const houseWithWork = async () => {
  const house = await openHouse();
  const { id } = await house.desk.submit({ goal: 'Count', repo: makeRepo().dir, checks: ['true'], patch });
  return { ...house, id };
};

test('a workflow is paused by somebody for a reason, shows it, and returns to where it was', async () => {
  const { desk, id } = await houseWithWork();
  const paused = { by: 'ada', reason: 'lunch', at: expect.any(String) as string };
  expect(await desk.pause(id.slice(-8), { by: 'ada', reason: 'lunch' })).toMatchObject({ status: 'paused', paused });
  expect((await desk.workflows()).items[0]).toMatchObject({ status: 'paused', paused });
  await expect(desk.pause(id)).rejects.toMatchObject({
    code: 'input.state',
    message: expect.stringMatching(/was paused by ada at .* \(lunch\) already/) as string,
  });
  const resumed = await desk.resume('last');
  expect(resumed.status).toBe('submitted');
  expect(resumed).not.toHaveProperty('paused');
  await expect(desk.resume(id)).rejects.toMatchObject({ code: 'input.state' });
});

test('whoever does not say who they are is known by the process that they asked', async () => {
  const { desk, id } = await houseWithWork();
  expect((await desk.pause(id)).paused).toMatchObject({ by: 'test/desk', reason: null });
});

test('everything is paused, one kind is paused, and both are lifted', async () => {
  const { desk, store } = await houseWithWork();
  expect((await desk.pauseSystem({ kind: 'check', by: 'ada' })).paused).toMatchObject({ check: { by: 'ada' } });
  expect((await desk.pauseSystem({ by: 'bob', reason: 'stop' })).paused).toMatchObject({
    all: { by: 'bob' },
    check: {},
  });
  expect((await desk.health()).paused).toMatchObject({ all: { reason: 'stop' } });
  await expect(desk.pauseSystem()).rejects.toMatchObject({
    code: 'input.state',
    message: expect.stringContaining('bob') as string,
  });
  await expect(desk.resumeSystem({ kind: 'work' })).rejects.toMatchObject({ code: 'input.state' });
  expect(Object.keys((await desk.resumeSystem({ kind: 'check' })).paused)).toEqual(['all']);
  expect((await desk.resumeSystem()).paused).toEqual({});
  await expect(desk.resumeSystem()).rejects.toMatchObject({ code: 'input.state' });
  expect((await store.verify()).filter((it) => it.status === 'broken')).toEqual([]);
});

test('a pause of the system outlives the processes', async () => {
  const { desk, store } = await houseWithWork();
  await desk.pauseSystem();
  const late = createBus(store, 'test/late');
  const claiming = { agent: 'w', incarnation: newId(), capabilities: [], limit: 1, leaseMs: 1000 };
  expect(await late.queue.claim({ ...claiming, kinds: ['plan', 'work'] })).toEqual([]);
  late.close();
});

test('one agent is paused by its name, drained, and resumed; one without steps is not', async () => {
  const { desk, bus, store } = await houseWithWork();
  const begin = async (agent: string, steps: Step[]) => {
    const incarnation = newId();
    const row = { agent, role: agent, incarnation, host: 'ash', pid: process.pid, capabilities: [], version: '1' };
    const stream = streams.agent(incarnation);
    const event: NewEvent = { type: 'agent.registered', stream, data: { ...row, steps } };
    await bus.command({ on: null, correlationId: incarnation, events: [event] });
    await store.beat({ ...row, status: 'idle', load: 0, startedAt: await store.now() });
  };
  await begin('worker-1', ['work', 'check']);
  await begin('orchestrator', []);
  const agent = async (name: string) => (await desk.agents()).find((it) => it.agent === name);
  expect(await agent('worker-1')).toMatchObject({ status: 'idle', steps: ['work', 'check'] });

  const paused = { by: 'ada', reason: 'lunch' };
  expect((await desk.pauseAgent('worker-1', paused)).agents).toMatchObject({ 'worker-1': paused });
  expect(await agent('worker-1')).toMatchObject({ status: 'paused', paused });
  expect((await desk.health()).pausedAgents).toMatchObject({ 'worker-1': paused });
  await expect(desk.pauseAgent('worker-1')).rejects.toMatchObject({
    code: 'input.state',
    message: expect.stringMatching(/^worker-1 was paused by ada at .* \(lunch\) already$/) as string,
  });
  expect((await desk.pauseAgent('worker-1', { drain: true })).agents['worker-1']).toMatchObject({ drain: true });
  await expect(desk.pauseAgent('worker-1', { drain: true })).rejects.toMatchObject({ code: 'input.state' });
  // What is paused by its name is resumed by its name.
  await desk.pauseSystem();
  expect((await desk.resumeSystem()).agents).toHaveProperty('worker-1');

  expect((await desk.resumeAgent('worker-1', { by: 'bob' })).agents).toEqual({});
  expect(await agent('worker-1')).not.toHaveProperty('paused');
  await expect(desk.resumeAgent('worker-1')).rejects.toMatchObject({ code: 'input.state' });
  await expect(desk.pauseAgent('orchestrator')).rejects.toMatchObject({ code: 'input.state' });
  await expect(desk.pauseAgent('worker-9')).rejects.toMatchObject({
    code: 'input.unknown_id',
    message: 'There is no agent worker-9; there are orchestrator, worker-1',
  });
});

test('what does not exist or is over cannot be paused, and nothing is recorded', async () => {
  const { desk, id, store } = await houseWithWork();
  await desk.cancel(id);
  const end = await store.end();
  await expect(desk.pause(nobody)).rejects.toMatchObject({ code: 'input.unknown_id' });
  await expect(desk.pause(id)).rejects.toMatchObject({
    code: 'input.state',
    message: expect.stringContaining('is cancelled') as string,
  });
  await expect(desk.resume(id)).rejects.toMatchObject({ code: 'input.state' });
  expect(await store.end()).toEqual(end);
  expect((await store.events({ stream: streams.workflow(id), limit: 10 })).events).toHaveLength(2);
});
