import { createBus } from '@hive/bus';
import { streams, type SubmitRequest, type WorkflowView } from '@hive/events';
import { rmSync } from 'node:fs';
import { expect, onTestFinished, test, vi } from 'vitest';
import { createFiring } from './index.ts';
import { makeRepo, nobody, openHouse, patch } from './testing/house.ts';

const inMs = (ms: number): string => new Date(Date.now() + ms).toISOString();

/** A house whose store's clock can be set, and several queens that fire. */
const houseWithClock = async () => {
  const house = await openHouse();
  const repo = makeRepo();
  const request: SubmitRequest = { goal: 'Every night', repo: repo.dir, checks: ['true'], patch };
  let shiftMs = 0;
  const real = house.store.now;
  vi.spyOn(house.store, 'now').mockImplementation(async () =>
    new Date(Date.parse(await real()) + shiftMs).toISOString(),
  );
  const queen = (name: string) => {
    const bus = createBus(house.store, name);
    onTestFinished(() => bus.close());
    return createFiring(bus, house.artefacts, { config: house.config, means: {} });
  };
  const workflows = async () => (await house.desk.workflows()).items;
  return { ...house, repo, request, queen, workflows, later: (ms: number) => (shiftMs += ms) };
};

const dayMs = 24 * 3_600_000;

test('a moment is fired once, by whichever of two queens, and the workflow says where it comes from', async () => {
  const { desk, request, queen, later, workflows, store } = await houseWithClock();
  const at = inMs(60_000);
  const made = await desk.schedule({ request, at, by: 'ada' });
  expect(made).toMatchObject({ state: 'active', goal: 'Every night', by: 'ada', timing: { at }, next: at, last: null });
  const [one, two] = [queen('orchestrator/one'), queen('orchestrator/two')];
  expect(await one.fireDue()).toBe(0);
  later(61_000);
  const fired = await Promise.all([one.fireDue(), two.fireDue()]);
  expect(fired.reduce((sum, n) => sum + n)).toBe(1);
  expect(await one.fireDue()).toBe(0);
  const [workflow, another] = await workflows();
  expect(another).toBeUndefined();
  expect(await desk.scheduled(made.id.slice(-8))).toMatchObject({
    state: 'done',
    fired: 1,
    next: null,
    last: { tick: at, workflowId: workflow?.id, code: null },
  });
  const { heads } = await store.heads([streams.workflow(workflow?.id ?? '')]);
  expect((heads.get(streams.workflow(workflow?.id ?? ''))?.view as WorkflowView).submission.schedule).toEqual({
    id: made.id,
    tick: at,
  });
  const traces = (await desk.traces()).items;
  expect(traces.find(({ correlationId }) => correlationId === workflow?.id)?.trigger).toBe('schedule');
  expect((await desk.schedules()).items).toEqual([]);
  expect((await desk.schedules({ all: true })).items).toHaveLength(1);
  expect((await store.verify()).filter((it) => it.status === 'broken')).toEqual([]);
});

test('a queen that dies between the workflow and its record leaves a moment that the next one answers with the same workflow', async () => {
  const { desk, request, queen, later, workflows, store } = await houseWithClock();
  const { id } = await desk.schedule({ request, at: inMs(60_000) });
  later(61_000);
  const write = store.write;
  vi.spyOn(store, 'write').mockImplementation((it) =>
    it.events.some((event) => event.type === 'schedule.fired') ? Promise.reject(new Error('killed')) : write(it),
  );
  await expect(queen('orchestrator/one').fireDue()).rejects.toThrow('killed');
  vi.mocked(store.write).mockImplementation(write);
  expect(await queen('orchestrator/two').fireDue()).toBe(1);
  const [only, another] = await workflows();
  expect(another).toBeUndefined();
  expect((await desk.scheduled(id)).last?.workflowId).toBe(only?.id);
});

test.each([
  [{ policy: 'once' } as const, 1],
  [{ policy: 'all', most: 3 } as const, 3],
  [{ policy: 'skip' } as const, 0],
])('after a week of downtime the policy %j fires %i times', async (missed, times) => {
  const { desk, request, queen, later, workflows } = await houseWithClock();
  // Half an hour ago on the clock of each day, so that nothing is on time.
  const past = new Date(Date.now() - 30 * 60_000);
  const cron = `${past.getUTCMinutes()} ${past.getUTCHours()} * * *`;
  const { id } = await desk.schedule({ request, cron, missed });
  later(7 * dayMs);
  expect(await queen('orchestrator/one').fireDue()).toBe(times);
  expect(await workflows()).toHaveLength(times);
  expect(await queen('orchestrator/two').fireDue()).toBe(0);
  const { last, next, state } = await desk.scheduled(id);
  expect(state).toBe('active');
  expect(last).toMatchObject(
    times > 0 ? { reason: null } : { workflowId: null, reason: expect.stringContaining('missed') as string },
  );
  expect((next ?? '') > (last?.tick ?? 'x')).toBe(true);
});

test('what the door refuses at the moment is told, and the next moment comes', async () => {
  const { desk, request, queen, later, workflows, repo } = await houseWithClock();
  const { id } = await desk.schedule({ request, cron: '0 3 * * *' });
  rmSync(repo.dir, { recursive: true });
  later(dayMs);
  expect(await queen('orchestrator/one').fireDue()).toBe(1);
  expect(await workflows()).toEqual([]);
  expect(await desk.scheduled(id)).toMatchObject({ state: 'active', last: { workflowId: null, code: 'repo.invalid' } });
});

test('nothing is fired while everything is paused; what was missed is answered afterwards', async () => {
  const { desk, request, queen, later, workflows } = await houseWithClock();
  await desk.schedule({ request, at: inMs(60_000) });
  await desk.pauseSystem();
  later(3_600_000);
  const one = queen('orchestrator/one');
  expect(await one.fireDue()).toBe(0);
  await desk.resumeSystem();
  expect(await one.fireDue()).toBe(1);
  expect(await workflows()).toHaveLength(1);
});

test('a removed schedule does not fire', async () => {
  const { desk, request, queen, later, workflows } = await houseWithClock();
  const { id } = await desk.schedule({ request, at: inMs(60_000) });
  expect(await desk.unschedule(id.slice(-8))).toMatchObject({ state: 'removed', next: null });
  later(120_000);
  expect(await queen('orchestrator/one').fireDue()).toBe(0);
  expect(await workflows()).toEqual([]);
  await expect(desk.unschedule(id)).rejects.toMatchObject({ code: 'input.state' });
});

test('the same key makes one schedule', async () => {
  const { desk, request } = await houseWithClock();
  const made = await Promise.all([1, 2].map(() => desk.schedule({ request, cron: '0 3 * * *' }, { key: 'k' })));
  expect(new Set(made.map((it) => it.id)).size).toBe(1);
  const later = await desk.schedule({ request, cron: '0 4 * * *' }, { key: 'another' });
  expect((await desk.schedules()).items.map(({ id }) => id)).toEqual([later.id, made[0]?.id]); // the newest first
});

test('wrong timing is refused, and nothing is recorded', async () => {
  const { desk, request, store } = await houseWithClock();
  for (const [timing, message] of [
    [{ at: '2020-01-01T00:00:00Z' }, /has passed/],
    [{ at: 'soon' }, /soon is no moment/],
    [{ at: '2030-01-01T00:00:00Z', cron: '0 3 * * *' }, /one of them/],
    [{}, /one of them/],
    [{ at: '2030-01-01T00:00:00Z', zone: 'Europe/Berlin' }, /takes no zone/],
    [{ cron: '0 3 * *' }, /five fields/],
    [{ cron: '0 25 * * *' }, /no cron expression/],
    [{ cron: '0 3 * * *', zone: 'Mars/Olympus' }, /no time zone Mars/],
    [{ cron: '0 0 31 2 *' }, /never comes/],
    [{ cron: '0 3 * * *', missed: { policy: 'all' } }, /not valid at missed/],
  ] as const)
    await expect(
      desk.schedule({ request, ...timing } as Parameters<typeof desk.schedule>[0]),
      JSON.stringify(timing),
    ).rejects.toMatchObject({ code: 'input.invalid', message: expect.stringMatching(message) as string });
  expect((await store.end()).position).toBe(0);
});

test('a request that the door would refuse is refused now', async () => {
  const { desk, request, store } = await houseWithClock();
  const bad = { ...request, repo: '/nowhere/at/all' };
  await expect(desk.schedule({ request: bad, cron: '0 3 * * *' })).rejects.toMatchObject({ code: 'repo.invalid' });
  expect((await store.end()).position).toBe(0);
  await expect(desk.scheduled(nobody)).rejects.toMatchObject({
    code: 'input.unknown_id',
    message: `There is no schedule ${nobody}; hive schedules shows them all`,
  });
});
