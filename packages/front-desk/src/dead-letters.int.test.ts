import { createBus } from '@hive/bus';
import { streams, type NewEvent, type PlannedTask } from '@hive/events';
import { expect, onTestFinished, test } from 'vitest';
import { makeRepo, nobody, openHouse, patch } from './testing/house.ts';

const ready = (task: PlannedTask): NewEvent[] => {
  const stream = streams.task(task.id);
  return [
    { type: 'task.ready', stream, data: { taskId: task.id } },
    {
      type: 'task.claimed',
      stream,
      data: { taskId: task.id, step: 'work', attempt: 1, token: 1, agent: 'w', leaseUntil: '2030-01-01T00:00:00.000Z' },
    },
  ];
};
const ended = (
  task: PlannedTask,
  type: 'task.failed' | 'task.dead_lettered',
  code: 'run.failed' | 'rescues.exhausted',
): NewEvent => ({
  type,
  stream: streams.task(task.id),
  data: { taskId: task.id, code, reason: 'no more' },
});

/** A task that failed, one that was given up, one that is open, and an event that nobody could handle. */
const houseWithLetters = async () => {
  const house = await openHouse();
  const plan = { version: 1, tasks: ['failed', 'given-up', 'open'].map((key) => ({ key, title: key, patch })) };
  const { id } = await house.desk.submit({ goal: 'Count', repo: makeRepo().dir, checks: ['true'], plan });
  const [failed, givenUp, open] = await house.start(id);
  if (!failed || !givenUp || !open) throw new Error('no tasks');
  await house.move(id, ...ready(failed), ended(failed, 'task.failed', 'run.failed'));
  await house.move(id, ...ready(givenUp), ended(givenUp, 'task.dead_lettered', 'rescues.exhausted'));
  const eventId = (await house.store.events({ types: ['workflow.started'], limit: 1 })).events[0]?.id ?? '';
  const deadLetter = { subscription: 'orchestrator', eventId, error: 'Error: poison', attempts: 5 };
  await house.store.write({ events: [], heads: [], deadLetter });
  const ids = async (query = {}) => (await house.desk.deadLetters(query)).items.map((it) => it.id);
  return { ...house, id, failed, givenUp, open, eventId, ids };
};

test('what was given up is listed, events first, and narrowed by what is asked for', async () => {
  const { desk, id, failed, givenUp, eventId, ids } = await houseWithLetters();
  const all = (await desk.deadLetters()).items;
  expect(all[0]).toMatchObject({
    id: eventId,
    kind: 'event',
    what: 'workflow.started',
    subscription: 'orchestrator',
    error: 'Error: poison',
    attempts: 5,
    workflowId: id,
  });
  expect(all.slice(1).map((it) => [it.id, it.status, it.code])).toEqual(
    expect.arrayContaining([
      [failed.id, 'failed', 'run.failed'],
      [givenUp.id, 'given up', 'rescues.exhausted'],
    ]),
  );
  expect(all).toHaveLength(3);
  expect(await ids({ kind: 'event' })).toEqual([eventId]);
  expect(await ids({ subscription: 'orchestrator' })).toEqual([eventId]);
  expect(await ids({ code: 'run.failed' })).toEqual([failed.id]);
  expect(await ids({ workflow: id })).toHaveLength(3);
  const first = await desk.deadLetters({ limit: 2 });
  const rest = await desk.deadLetters({ limit: 2, after: first.next ?? '' });
  expect([...first.items, ...rest.items]).toEqual(all);
  expect(rest.next).toBeNull();
  await expect(desk.deadLetters({ after: 'x' })).rejects.toMatchObject({ code: 'input.invalid' });
});

test('one is shown with what led there', async () => {
  const { desk, failed, eventId } = await houseWithLetters();
  expect((await desk.deadLetter(failed.id.slice(-8))).history.map((it) => it.type)).toEqual([
    'task.created',
    'task.ready',
    'task.claimed',
    'task.failed',
  ]);
  expect(await desk.deadLetter(eventId.slice(-8))).toMatchObject({
    id: eventId,
    history: [{ type: 'workflow.started' }],
  });
});

test('an event is redriven: it leaves the list, its subscription handles it once more, and who did it stands in the log', async () => {
  const { desk, eventId, store, bus, ids } = await houseWithLetters();
  expect(await desk.redrive({ id: eventId, dryRun: true })).toMatchObject({ items: [{ id: eventId }], dryRun: true });
  expect(await ids({ kind: 'event' })).toEqual([eventId]);
  const stop = new AbortController();
  onTestFinished(() => stop.abort());
  const handled: string[] = [];
  const handle = (event: { id: string }) => (handled.push(event.id), Promise.resolve([]));
  void bus.follow({ name: 'orchestrator', types: ['box.*'], start: 'end', handle, signal: stop.signal });
  await expect.poll(() => store.subscriptions()).toHaveLength(1);
  expect((await desk.redrive({ id: eventId, by: 'ada' })).items).toHaveLength(1);
  await expect.poll(() => handled).toEqual([eventId]);
  expect(await ids({ kind: 'event' })).toEqual([]);
  await expect(desk.redrive({ id: eventId })).rejects.toMatchObject({ code: 'input.unknown_id' });
  const { events } = await store.events({ stream: streams.system, limit: 10 });
  expect(events.map((it) => it.data)).toEqual([{ subscription: 'orchestrator', eventId, by: 'ada' }]);
});

test('tasks are redriven one by one or by a condition, no more than the limit', async () => {
  const { desk, failed, givenUp, ids } = await houseWithLetters();
  const outcome = await desk.redrive({ kind: 'task', limit: 1 });
  expect([outcome.items.length, outcome.left]).toEqual([1, true]);
  expect((await desk.redrive({ kind: 'task', note: 'once more' })).left).toBe(false);
  expect(await ids({ kind: 'task' })).toEqual([]);
  expect([(await desk.task(failed.id)).status, (await desk.task(givenUp.id)).status]).toEqual(['pending', 'pending']);
});

test('discarding cancels what was given up, drops an event, and leaves what failed as it is', async () => {
  const { desk, failed, givenUp, eventId, store, ids } = await houseWithLetters();
  const outcome = await desk.discard({ all: true, by: 'ada' });
  expect(outcome.items.map((it) => it.id)).toEqual([eventId, givenUp.id]);
  expect(outcome.skipped).toMatchObject([
    { id: failed.id, reason: expect.stringContaining('failed and is over') as string },
  ]);
  expect((await desk.task(givenUp.id)).status).toBe('cancelled');
  expect(await ids()).toEqual([failed.id]);
  expect((await store.events({ types: ['system.discarded'], limit: 5 })).events).toHaveLength(1);
  await expect(desk.discard({ id: failed.id })).rejects.toMatchObject({ code: 'input.state' });
});

test('of two who redrive the same event at once, one is told that it is gone', async () => {
  const { desk, eventId, store } = await houseWithLetters();
  const other = createBus(store, 'test/other');
  onTestFinished(() => other.close());
  const settled = await Promise.allSettled([desk.redrive({ id: eventId }), desk.discard({ id: eventId })]);
  expect(settled.map((it) => it.status).sort()).toEqual(['fulfilled', 'rejected']);
});

test('wrong requests change nothing', async () => {
  const { desk, open, store, eventId } = await houseWithLetters();
  const end = await store.end();
  await expect(desk.redrive({})).rejects.toMatchObject({ code: 'input.invalid' });
  await expect(desk.redrive({ id: eventId, all: true })).rejects.toMatchObject({ code: 'input.invalid' });
  await expect(desk.redrive({ id: open.id })).rejects.toMatchObject({ code: 'input.unknown_id' });
  await expect(desk.discard({ id: nobody })).rejects.toMatchObject({ code: 'input.unknown_id' });
  await expect(desk.deadLetters({ workflow: 'zzz' })).rejects.toMatchObject({ code: 'input.unknown_id' });
  expect((await desk.redrive({ code: 'checks.red' })).items).toEqual([]);
  expect(await store.end()).toEqual(end);
});
