import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openStore, type StepState } from '@hive/core-db';
import { streams, type NewEvent } from '@hive/events';
import { expect, onTestFinished, test } from 'vitest';
import { alignPaused, createBus, createPauseWatch, newId, record } from './index.ts';
import { enqueueTask, sampleStep, sampleSubmission } from './testing/samples.ts';

const claiming = { agent: 'w', incarnation: newId(), capabilities: [], limit: 10, leaseMs: 60_000 } as const;

/** A submitted workflow with its step `plan` in the queue. */
const openWorkflow = async () => {
  const home = mkdtempSync(join(tmpdir(), 'hive-pausing-'));
  const store = await openStore({ home });
  const bus = createBus(store, 'test/pausing');
  onTestFinished(async () => {
    bus.close();
    await store.close();
    rmSync(home, { recursive: true });
  });
  const workflowId = newId();
  const stream = streams.workflow(workflowId);
  await bus.command({
    on: null,
    correlationId: workflowId,
    events: [{ type: 'workflow.submitted', stream, data: sampleSubmission(workflowId) }],
  });
  const tell = (...events: NewEvent[]) => bus.command({ on: stream, correlationId: workflowId, events });
  const pause = () => tell({ type: 'workflow.paused', stream, data: { workflowId, by: 'ada', reason: 'lunch' } });
  const resume = () => tell({ type: 'workflow.resumed', stream, data: { workflowId } });
  const enqueue = async () => {
    const step = sampleStep({ taskId: null, workflowId }, { kind: 'plan' });
    await record(store, {
      streams: [stream],
      onRefused: 'throw',
      plan: (heads) => ({
        moves: [{ events: [], step }],
        stamp: { correlationId: workflowId, causationId: heads.get(stream)?.lastEventId ?? null, actor: 'test/queen' },
      }),
    });
    return step.id;
  };
  const states = async (): Promise<StepState[]> =>
    (await store.steps({ workflowId, limit: 10 })).map((step) => step.state);
  const claim = () => bus.queue.claim({ ...claiming, kinds: ['plan'] });
  const force = async (id: string, from: StepState, to: StepState) =>
    store.write({
      events: [],
      heads: [],
      changeSteps: [{ id, expect: { state: from, token: 0 }, set: { state: to } }],
    });
  const system = (
    event: Extract<NewEvent, { type: 'system.paused' | 'system.resumed' | 'agent.paused' | 'agent.resumed' }>,
  ) => bus.command({ on: null, correlationId: newId(), events: [event] });
  return { store, bus, workflowId, stream, pause, resume, enqueue, states, claim, force, system };
};

test('pausing takes the waiting steps of a workflow out of what claims read, in one commit, and resuming puts them back', async () => {
  const { enqueue, pause, resume, claim, states, store, stream } = await openWorkflow();
  await enqueue();
  await pause();
  expect(await states()).toEqual(['paused']);
  expect(await store.claim({ ...claiming, kinds: ['plan'], actor: 'test', newId })).toEqual([]);
  expect((await store.heads([stream])).heads.get(stream)?.view).toMatchObject({
    state: 'paused',
    paused: { by: 'ada', reason: 'lunch' },
  });
  await resume();
  expect(await states()).toEqual(['ready']);
  expect((await store.heads([stream])).heads.get(stream)?.view).not.toHaveProperty('paused');
  expect(await claim()).toHaveLength(1);
});

test('a step that is put into the queue of a paused workflow waits for it to be resumed', async () => {
  const { enqueue, pause, resume, states } = await openWorkflow();
  await pause();
  await enqueue();
  expect(await states()).toEqual(['paused']);
  await resume();
  expect(await states()).toEqual(['ready']);
});

test.each(['fail', 'snooze', 'rescue'] as const)(
  'what runs may end, and a step that comes back by %s waits',
  async (how) => {
    const { enqueue, pause, resume, claim, states, bus, store } = await openWorkflow();
    await enqueue();
    const [held] = await claim();
    if (!held) throw new Error('not claimed');
    await pause();
    expect(await states()).toEqual(['claimed']);
    if (how === 'fail') await bus.queue.fail(held, { code: 'internal', reason: 'x', retry: true });
    if (how === 'snooze') await bus.queue.snooze(held, 0, 'x');
    if (how === 'rescue') {
      await store.renew([{ id: held.step.id, token: held.step.token }], claiming.incarnation, -1);
      expect(await bus.queue.rescue()).toBe(1);
    }
    expect(await states()).toEqual(['paused']);
    expect(await claim()).toEqual([]);
    await resume();
    expect(await states()).toEqual([how === 'rescue' ? 'ready' : 'scheduled']);
  },
);

test('a plan that comes while its workflow is paused is kept, and the workflow returns to where it would be', async () => {
  const { enqueue, pause, resume, claim, bus, store, stream, workflowId } = await openWorkflow();
  await enqueue();
  const [held] = await claim();
  if (!held) throw new Error('not claimed');
  await pause();
  const plan = { workflowId, plan: 'a'.repeat(64), by: 'test', tasks: [] };
  expect(await bus.queue.finish(held, [{ type: 'workflow.plan_generated', stream, data: plan }])).toBe('done');
  const view = async () => (await store.heads([stream])).heads.get(stream)?.view;
  expect(await view()).toMatchObject({ state: 'paused', pausedFrom: 'planned', paused: { by: 'ada' } });
  await resume();
  expect(await view()).toMatchObject({ state: 'planned', pausedFrom: null });
});

test('a step in the wrong place is brought in line with its workflow, whichever way', async () => {
  const { enqueue, pause, resume, states, store, workflowId, force } = await openWorkflow();
  const id = await enqueue();
  await pause();
  await force(id, 'paused', 'ready');
  await alignPaused(store, workflowId);
  expect(await states()).toEqual(['paused']);
  await resume();
  await force(id, 'ready', 'paused');
  await alignPaused(store, workflowId);
  expect(await states()).toEqual(['ready']);
});

test('a paused workflow that is cancelled leaves no step behind', async () => {
  const { enqueue, pause, states, bus, stream, workflowId } = await openWorkflow();
  await enqueue();
  await pause();
  const cancelled: NewEvent = { type: 'workflow.cancelled', stream, data: { workflowId } };
  await bus.command({ on: stream, correlationId: workflowId, events: [cancelled] });
  expect(await states()).toEqual(['cancelled']);
});

test('while the system is paused nothing is claimed, by anyone, within half a second; a kind can be paused alone', async () => {
  const { enqueue, system, store } = await openWorkflow();
  let now = 0;
  const watch = createPauseWatch(store, () => now);
  expect(await watch.open(['plan', 'work'], 'w')).toEqual(['plan', 'work']);
  await system({ type: 'system.paused', stream: streams.system, data: { kind: 'work' } });
  now = 499;
  expect(await watch.open(['plan', 'work'], 'w')).toEqual(['plan', 'work']);
  now = 500;
  expect(await watch.open(['plan', 'work'], 'w')).toEqual(['plan']);
  await enqueue();
  await system({ type: 'system.paused', stream: streams.system, data: { reason: 'stop' } });
  // A process that starts now knows it at once.
  const late = createBus(store, 'test/late');
  expect(await late.queue.claim({ ...claiming, kinds: ['plan'] })).toEqual([]);
  await system({ type: 'system.resumed', stream: streams.system, data: {} });
  now = 1000;
  expect(await watch.open(['plan', 'work'], 'w')).toEqual(['plan', 'work']);
  await expect.poll(() => late.queue.claim({ ...claiming, kinds: ['plan'] })).toHaveLength(1);
  late.close();
});

test.each([
  ['the system', { type: 'system.paused', stream: streams.system, data: {} } as const],
  ['the agent', { type: 'agent.paused', stream: streams.system, data: { agent: 'w' } } as const],
])('a process that has heard that %s is paused claims nothing, though it has only just looked', async (_, pausing) => {
  const { enqueue, system, store } = await openWorkflow();
  const other = createBus(store, 'test/other');
  onTestFinished(() => other.close());
  expect(await other.queue.claim({ ...claiming, kinds: ['plan'] })).toEqual([]);
  const seen = other.rings();
  await system(pausing);
  await other.heard(60_000, new AbortController().signal, seen);
  await enqueue();
  expect(await other.queue.claim({ ...claiming, kinds: ['plan'] })).toEqual([]);
});

test('an agent that is paused by its name claims nothing, while others go on; what pauses the system leaves it paused', async () => {
  const { enqueue, system, store } = await openWorkflow();
  const { system: stream } = streams;
  let now = 0;
  const watch = createPauseWatch(store, () => now);
  await system({ type: 'agent.paused', stream, data: { agent: 'w', by: 'ada', reason: 'lunch' } });
  await enqueue();
  expect(await watch.open(['plan'], 'w')).toEqual([]);
  expect(await watch.open(['plan'], 'v')).toEqual(['plan']);
  expect(await watch.of('w')).toMatchObject({ by: 'ada', reason: 'lunch' });
  expect(await watch.of('v')).toBeNull();
  expect(await watch.of('constructor')).toBeNull();
  await system({ type: 'agent.paused', stream, data: { agent: 'w', drain: true } });
  now = 500;
  expect(await watch.of('w')).toMatchObject({ drain: true, by: 'test/pausing' });
  await system({ type: 'system.paused', stream, data: {} });
  await system({ type: 'system.resumed', stream, data: {} });
  const late = createBus(store, 'test/late');
  onTestFinished(() => late.close());
  expect(await late.queue.claim({ ...claiming, kinds: ['plan'] })).toEqual([]);
  expect(await late.queue.pauseOf('w')).not.toBeNull();
  await system({ type: 'agent.resumed', stream, data: { agent: 'w' } });
  await expect.poll(() => late.queue.claim({ ...claiming, kinds: ['plan'] })).toHaveLength(1);
  expect((await store.verify()).filter((it) => it.status === 'broken')).toEqual([]);
});

test('a step that is given back in the moment of a resume is not left behind', async () => {
  const { pause, resume, states, store, bus: own, workflowId } = await openWorkflow();
  await enqueueTask(store, { workflowId });
  const [claimed] = await own.queue.claim({ ...claiming, kinds: ['work'] });
  if (!claimed) throw new Error('nothing was claimed');
  await pause();
  let writes = 0;
  const racing: typeof store = Object.create(store, {
    write: {
      value: async (write: Parameters<typeof store.write>[0]) => {
        if (writes++ === 0) await resume(); // after the workflow was read
        return store.write(write);
      },
    },
  });
  const bus = createBus(racing, 'test/pausing');
  onTestFinished(() => bus.close());
  await bus.queue.snooze(claimed, 0, 'it waits for lunch');
  expect(writes).toBe(2);
  expect(await states()).not.toContain('paused');
});
