import { createBus } from '@hive/bus';
import { HiveError } from '@hive/errors';
import { streams, type NewEvent, type PlannedTask } from '@hive/events';
import { expect, onTestFinished, test } from 'vitest';
import { createCommands } from './commands.ts';
import { createDeadLetters } from './dead-letters.ts';
import { branchStream } from './landed.ts';
import { evidence, makeRepo, nobody, openHouse, patch, sha } from './testing/house.ts';

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

test('discarding cancels what was given up, drops an event, and leaves what failed as it is but off the list', async () => {
  const { desk, failed, givenUp, eventId, store, ids, id } = await houseWithLetters();
  const outcome = await desk.discard({ all: true, by: 'ada' });
  expect(outcome).toMatchObject({ skipped: [], left: false });
  expect(outcome.items.map((it) => it.id).toSorted()).toEqual([eventId, givenUp.id, failed.id].toSorted());
  expect((await desk.task(givenUp.id)).status).toBe('cancelled');
  expect(await desk.task(failed.id)).toMatchObject({ status: 'failed', code: 'run.failed' });
  expect(await ids()).toEqual([]);
  const { events } = await store.events({ types: ['system.discarded', 'task.discarded'], limit: 5 });
  expect(events.map((it) => [it.type, it.data])).toEqual([
    ['system.discarded', { subscription: 'orchestrator', eventId, by: 'ada' }],
    ['task.discarded', { taskId: failed.id, by: 'ada' }],
  ]);
  expect(events[1]?.correlationId).toBe(id);
  await expect(desk.discard({ id: failed.id })).rejects.toMatchObject({ code: 'input.unknown_id' });
  await expect(desk.deadLetter(failed.id)).rejects.toMatchObject({ code: 'input.unknown_id' });
});

test('a failed task that was discarded can be retried, and is on the list again when it fails again', async () => {
  const { desk, failed, ids, move, id } = await houseWithLetters();
  await desk.discard({ id: failed.id });
  expect(await ids({ code: 'run.failed' })).toEqual([]);
  expect((await desk.retry(failed.id)).status).toBe('pending');
  await move(id, ...ready(failed), ended(failed, 'task.failed', 'run.failed'));
  expect(await ids({ code: 'run.failed' })).toEqual([failed.id]);
});

test('the number that Health tells is that of the list', async () => {
  const { desk, failed, eventId } = await houseWithLetters();
  const told = async () => (await desk.health()).deadLetters;
  expect(await told()).toBe(3);
  await desk.discard({ id: failed.id });
  expect(await told()).toBe(2);
  await desk.discard({ id: eventId });
  expect(await told()).toBe(1);
  await desk.redrive({ all: true });
  expect(await told()).toBe(0);
});

test('a limit counts what was done: what cannot be done is passed, and no more is promised than there is', async () => {
  const { desk, bus, failed, givenUp } = await houseWithLetters();
  const [newest, older] = [failed.id, givenUp.id].toSorted().toReversed();
  const stuck = createDeadLetters(bus, createCommands(bus), {
    cancelTask: desk.cancelTask,
    retry: async (id, options) => {
      if (id === newest) throw new HiveError('input.state', 'its change went in');
      return desk.retry(id, options);
    },
  });
  expect(await stuck.redrive({ kind: 'task', limit: 1 })).toMatchObject({
    items: [{ id: older }],
    skipped: [{ id: newest, reason: 'its change went in' }],
    left: false,
  });
  expect(await stuck.redrive({ kind: 'task', limit: 1 })).toMatchObject({
    items: [],
    skipped: [{ id: newest }],
    left: false,
  });
});

test('a dry run says of a task whose change went in that it would be left as it is', async () => {
  const { desk, move, id, failed, givenUp, submissionOf } = await houseWithLetters();
  const submission = await submissionOf(id);
  const data = { taskId: failed.id, workflowId: id, branch: submission.branch, attempt: 1, token: 4, into: null };
  const stream = branchStream(submission);
  await move(id, { type: 'merge.completed', stream, data: { ...data, commit: sha, evidence } });
  for (const dryRun of [true, false])
    expect(await desk.redrive({ kind: 'task', dryRun })).toMatchObject({
      items: [{ id: givenUp.id }],
      skipped: [{ id: failed.id, reason: expect.stringContaining('there is nothing to retry') as string }],
    });
  expect((await desk.discard({ kind: 'task', dryRun: true })).items.map((it) => it.id)).toEqual([failed.id]);
});

test('of two who discard the same failed task at once, it is done once', async () => {
  const { desk, store, failed } = await houseWithLetters();
  const other = createBus(store, 'test/other');
  onTestFinished(() => other.close());
  const { discard } = createDeadLetters(other, createCommands(other), desk);
  const settled = await Promise.allSettled([desk.discard({ id: failed.id }), discard({ id: failed.id })]);
  expect(settled.map((it) => it.status).sort()).toEqual(['fulfilled', 'rejected']);
  expect((await store.events({ types: ['task.discarded'], limit: 5 })).events).toHaveLength(1);
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
