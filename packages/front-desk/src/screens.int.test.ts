import { expect, test } from 'vitest';
import { streams, type NewEvent } from '@hive/events';
import { derivedId, newId } from '@hive/bus';
import { makeRepo, openHouse } from './testing/house.ts';
import { keepVerified } from './verified.ts';

const plan = {
  version: 1,
  tasks: [
    { key: 'one', title: 'One', run: 'true' },
    { key: 'two', title: 'Two', run: 'true', needs: ['one'] },
    { key: 'three', title: 'Three', run: 'true' },
  ],
};

/** A workflow of three tasks, of which the second waits for the first. */
const withTasks = async () => {
  const house = await openHouse();
  const repo = makeRepo();
  const { id } = await house.desk.submit({ goal: 'G'.repeat(300), repo: repo.dir, plan, checks: ['true'] });
  const [one, two, three] = await house.start(id);
  if (!one || !two || !three) throw new Error('a plan of three has three tasks');
  const tell = (...events: NewEvent[]) => house.move(id, ...events);
  const ready = (taskId: string): NewEvent => ({ type: 'task.ready', stream: streams.task(taskId), data: { taskId } });
  return { ...house, workflow: id, one, two, three, tell, ready };
};

test('the board has cards by state, with what a task waits for, and counts', async () => {
  const { desk, workflow, one, two, three, tell, ready } = await withTasks();
  await tell(ready(one.id), ready(three.id));
  expect(await desk.taskCounts()).toEqual({ counts: { pending: 1, ready: 2 } });
  expect(await desk.taskCounts({ workflow })).toEqual({ counts: { pending: 1, ready: 2 } });
  const pending = await desk.taskCards({ states: ['pending', 'waiting'] });
  expect(pending).toMatchObject({
    items: [{ id: two.id, state: 'pending', blockedBy: [{ id: one.id, key: 'one', status: 'ready' }] }],
    next: null,
  });
  expect(pending.items[0]?.goal).toBe(`${'G'.repeat(199)}…`);
  const first = await desk.taskCards({ states: ['ready', 'pending'], limit: 2, workflow });
  const rest = await desk.taskCards({ states: ['ready', 'pending'], limit: 2, after: first.next ?? '' });
  expect([...first.items, ...rest.items].map(({ id }) => id)).toEqual([one.id, two.id, three.id].sort().reverse());
  expect(rest.next).toBeNull();
});

test('figures are folded from the log, and go on where they were', async () => {
  const { desk, tell, ready, one, three } = await withTasks();
  const before = await desk.figures();
  expect(before.events).toBeGreaterThan(4);
  expect(before.eventsOver).toHaveLength(60);
  await tell(ready(one.id), ready(three.id));
  expect((await desk.figures()).events).toBe(before.events + 2);
  const [day, again] = await Promise.all([desk.figures({ window: '24h' }), desk.figures({ window: '24h' })]);
  expect([day.events, again.events]).toEqual([before.events + 2, before.events + 2]);
  expect(day.stepMs).toBe(900_000);
});

test('health tells alerts and what the last verify found', async () => {
  const { desk, home, bus } = await withTasks();
  expect(await desk.health()).toMatchObject({ alerts: [], verified: null, sealed: null, oldestReady: null });
  const alert = { alert: 'box.ash.slow', message: 'ash writes 2.0 tok/s, and should 20' };
  await bus.command({
    on: null,
    correlationId: newId(),
    events: [{ type: 'system.alert_raised', stream: streams.system, data: alert }],
  });
  const found = { at: '2026-01-01T00:00:00.000Z', holds: false, broken: ['Every event has a cause'] };
  await keepVerified(home, found);
  expect(await desk.health()).toMatchObject({ alerts: [alert], verified: found });
});

test('the windows of a plan are told as they were last told, the met ones first', async () => {
  const { desk, bus } = await withTasks();
  const told = (kind: string, usedShare: number, hit: boolean): NewEvent => ({
    type: 'model.rate_limited',
    stream: streams.limit('claude'),
    data: {
      callId: derivedId('0199c0de-0000-7000-8000-000000000000', kind),
      taskId: null,
      provider: 'claude',
      model: 'sonnet',
      kind,
      resetsAt: '2030-01-01T00:00:00.000Z',
      usedShare,
      hit,
    },
  });
  const events = [told('seven_day', 0.8, false), told('five_hour', 0.2, false), told('five_hour', 1, true)];
  for (const event of events) await bus.command({ on: null, correlationId: newId(), events: [event] });
  expect(await desk.limits()).toMatchObject([
    { of: 'claude', kind: 'five_hour', model: null, usedShare: 1, hit: true },
    { of: 'claude', kind: 'seven_day', usedShare: 0.8, hit: false },
  ]);
});

test('the log is read backwards page by page, and between two moments', async () => {
  const { desk } = await withTasks();
  const { items: all } = await desk.events({ limit: 100 });
  const first = await desk.events({ newest: true, limit: 3 });
  const second = await desk.events({ newest: true, limit: 500, after: Number(first.next) });
  expect([...first.items, ...second.items].map(({ id }) => id)).toEqual(all.map(({ id }) => id).reverse());
  const [since, before] = [all[1]?.at ?? '', all.at(-1)?.at ?? ''];
  const between = all.filter(({ at }) => at >= since && at < before).map(({ id }) => id);
  expect((await desk.events({ since, before, limit: 100 })).items.map(({ id }) => id)).toEqual(between);
  const backwards = await desk.events({ since, before, limit: 100, newest: true });
  expect(backwards.items.map(({ id }) => id)).toEqual(between.toReversed());
  expect((await desk.events({ newest: true, before: '2020-01-01T00:00:00Z' })).items).toEqual([]);
  expect((await desk.events({ since: '2999-01-01T00:00:00Z' })).items).toEqual([]);
  await expect(desk.events({ since: 'yesterday' })).rejects.toMatchObject({ code: 'input.invalid' });
});
