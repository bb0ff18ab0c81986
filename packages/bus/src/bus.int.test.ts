import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openStore, type Store } from '@hive/core-db';
import { sampleStep as sampleRow } from '@hive/core-db/testing';
import { HiveError } from '@hive/errors';
import { streams, type NewEvent, type Step, type TaskView } from '@hive/events';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createBus, derivedId, newId, type Bus, type Claim, type Move, type NewStep, type Provided } from './index.ts';
import { record } from './record.ts';
import { enqueueTask, restingTask, sampleStep, sampleSubmission } from './testing/samples.ts';

let home: string;
let store: Store;
let bus: Bus;
const running: AbortController[] = [];

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'hive-bus-'));
  store = await openStore({ home });
  bus = createBus(store, 'test/one');
});

afterEach(async () => {
  vi.useRealTimers();
  running.forEach((it) => it.abort());
  bus.close();
  await store.close();
  await rm(home, { recursive: true, force: true });
});

const readyTask = (more: Partial<NewStep> = {}) => enqueueTask(store, more);

const claimAs = (agent: string, incarnation: string, leaseMs = 60_000) =>
  bus.queue.claim({ kinds: ['work'], agent, incarnation, capabilities: [], limit: 10, leaseMs });

const viewOf = async (taskId: string): Promise<TaskView> => {
  const { heads } = await store.heads([streams.task(taskId)]);
  return heads.get(streams.task(taskId))?.view as TaskView;
};

const refusal = (taskId: string, token: number): NewEvent => ({
  type: 'task.refused',
  stream: streams.task(taskId),
  data: { taskId, step: 'work', attempt: 1, token, code: 'patch.empty', reason: 'empty' },
});

test('a claimed step is not won twice, and its claim is an event caused by the assignment', async () => {
  const { taskId } = await readyTask();
  const [claims, others] = await Promise.all([claimAs('a', newId()), claimAs('b', newId())]);
  expect(claims.length + others.length).toBe(1);
  const { events } = await store.events({ stream: streams.task(taskId), limit: 10 });
  expect(events.map((event) => event.type)).toEqual(['task.created', 'task.ready', 'task.assigned', 'task.claimed']);
  expect(events[3]?.causationId).toBe(events[2]?.id);
  expect((await viewOf(taskId)).state).toBe('working');
});

test('steps are put into the queue by their first word, and looked at where that is not enough', async () => {
  const tasks = await Promise.all(Array.from({ length: 3 }, () => restingTask(store)));
  const steps = tasks.map((it) => sampleStep(it));
  await bus.queue.enqueue(steps, null);
  const claims = await claimAs('a', newId());
  expect(claims.map((it) => it.step.id).toSorted()).toEqual(steps.map((it) => it.id).toSorted());
  const [claim] = claims;
  if (!claim) throw new Error('nothing was claimed');
  const taskId = claim.step.taskId ?? '';
  const { events } = await store.events({ stream: streams.task(taskId), limit: 10 });
  const assigned = events.find((it) => it.type === 'task.assigned');
  expect(assigned).toMatchObject({ version: 3, correlationId: claim.step.workflowId, actor: 'test/one' });
  expect(claim.step.rank).toBe(Date.parse(assigned?.at ?? ''));
  expect(claim.head.view).toEqual(await viewOf(taskId));

  // Claimed before: how often is told by its stream.
  await bus.queue.enqueue([sampleStep({ taskId, workflowId: claim.step.workflowId })], claim.eventId);
  const { events: all } = await store.events({ stream: streams.task(taskId), limit: 10 });
  expect(all.at(-1)).toMatchObject({ type: 'task.assigned', causationId: claim.eventId, data: { attempt: 2 } });
  const missing = sampleStep({ taskId: newId(), workflowId: newId() });
  await expect(bus.queue.enqueue([missing], null)).rejects.toMatchObject({ code: 'transition.refused' });
});

test('a step of a paused workflow waits with it', async () => {
  const { taskId, workflowId } = await restingTask(store);
  const stream = streams.workflow(workflowId);
  await bus.command({
    on: null,
    correlationId: workflowId,
    events: [
      { type: 'workflow.submitted', stream, data: sampleSubmission(workflowId) },
      { type: 'workflow.paused', stream, data: { workflowId } },
    ],
  });
  const step = sampleStep({ taskId, workflowId });
  await bus.queue.enqueue([step], null);
  expect(await store.steps({ ids: [step.id], limit: 1 })).toMatchObject([{ state: 'paused' }]);
});

test('the agent that authored a change cannot claim its review or its merge, not even alone, nor after a failure elsewhere', async () => {
  const { taskId, workflowId } = await readyTask();
  const stream = streams.task(taskId);
  const take = async (kind: Step, agent: string) =>
    (
      await bus.queue.claim({ kinds: [kind], agent, incarnation: newId(), capabilities: [], limit: 9, leaseMs: 60_000 })
    )[0];
  const enqueue = (kind: Step) =>
    record(store, {
      streams: [stream],
      onRefused: 'throw',
      plan: () => ({
        moves: [{ events: [], step: sampleStep({ taskId, workflowId }, { kind }) }],
        stamp: { correlationId: workflowId, causationId: null, actor: 'test/queen' },
      }),
    });
  const end = async (claim: Claim | undefined, event: { readonly type: NewEvent['type']; readonly data: object }) => {
    if (!claim) throw new Error('nothing was claimed');
    const mark = { taskId, step: claim.step.kind, attempt: claim.step.attempt, token: claim.step.token };
    const told = { type: event.type, stream, data: { ...event.data, ...mark } } as NewEvent;
    expect(await bus.queue.finish(claim, [told])).toBe('done');
  };
  const sha = '1'.repeat(40);
  const change = { base: sha, commit: sha, patch: 'a'.repeat(64), author: 'human' };
  const evidence = {
    base: sha,
    head: sha,
    tree: sha,
    patch: change.patch,
    author: 'human',
    commands: [],
    redBefore: 'red',
  };
  const proof = {
    ...evidence,
    greenAfter: true,
    checkedBy: { agent: 'b', host: 'h' },
    sandbox: 'none',
    at: new Date().toISOString(),
  };
  await end(await take('work', 'author'), { type: 'task.submitted', data: { ...change, agent: 'author' } });
  await enqueue('check');
  const verdict = { code: null, reason: null, findings: [] };
  await end(await take('check', 'author'), { type: 'task.checked', data: { evidence: proof, verdict } });

  await enqueue('review');
  expect(await take('review', 'author')).toBeUndefined();
  const first = await take('review', 'other');
  if (!first) throw new Error('no review for the other one');
  await bus.queue.fail(first, { code: 'model.overloaded', reason: 'x', retry: true, retryAfterMs: 0, elsewhere: true });
  let again: Claim | undefined;
  const tried: unknown[] = [];
  const isOut = async () => {
    tried.push(await take('review', 'author'));
    again = await take('review', 'other');
    return again !== undefined;
  };
  await expect.poll(isOut).toBe(true);
  expect(tried.filter((it) => it !== undefined)).toEqual([]);
  const approved = { decision: 'approve', reviewer: { agent: 'other', kind: 'rules' }, findings: [], remaining: 0 };
  await end(again, { type: 'task.review_completed', data: approved });
  await enqueue('merge');
  expect(await take('merge', 'author')).toBeUndefined();
  expect(await take('merge', 'other')).toBeDefined();
});

test('a holder that was silent past its lease can write nothing any more', async () => {
  const { taskId } = await readyTask();
  const [late] = await claimAs('a', newId(), -1);
  expect(late).toBeDefined();
  expect(await bus.queue.rescue()).toBe(1);
  const [next] = await claimAs('b', newId());
  expect(next?.step.token).toBeGreaterThan(late?.step.token ?? Infinity);
  if (!late || !next) throw new Error('not claimed');
  expect(await bus.queue.finish(late, [refusal(taskId, late.step.token)])).toBe('lost');
  expect(await bus.queue.note(late, [])).toBe('lost');
  expect(await bus.queue.finish(next, [refusal(taskId, next.step.token)])).toBe('done');
  expect(await viewOf(taskId)).toMatchObject({ state: 'refused', rescues: 1, code: 'patch.empty' });
});

test('a holder whose lease holds is left alone, and one rescue too many gives the step up', async () => {
  const { taskId } = await readyTask();
  const [claim] = await claimAs('a', newId());
  expect(await bus.queue.rescue()).toBe(0);
  if (!claim) throw new Error('not claimed');
  expect(await bus.queue.snooze(claim, 0, 'make room')).toBe('done');
  for (let lost = 1; lost <= 6; lost++) {
    expect(await claimAs('a', newId(), -1)).toHaveLength(1);
    expect(await bus.queue.rescue()).toBe(1);
  }
  expect(await claimAs('b', newId())).toEqual([]);
  const { events } = await store.events({ stream: streams.task(taskId), types: ['task.lease_expired'], limit: 10 });
  expect(events.map((event) => (event.data as { final: boolean }).final)).toEqual([
    false,
    false,
    false,
    false,
    false,
    true,
  ]);
  expect((await store.verify()).filter((it) => it.status === 'broken' && it.number !== 9)).toEqual([]);
});

test('a lease that has passed is found among more claims than are looked at', async () => {
  await readyTask();
  expect(await claimAs('a', newId(), -1)).toHaveLength(1);
  const held = { state: 'claimed', leaseUntil: '2999-01-01T00:00:00.000Z' } as const;
  const insertSteps = Array.from({ length: 10_000 }, (_, n) => ({
    ...sampleRow({ id: String(n).padStart(36, '0') }),
    ...held,
  }));
  await store.write({ events: [], heads: [], insertSteps });
  expect(await bus.queue.rescue()).toBe(1);
});

test('a failed attempt comes back after its backoff until the cap, then is final', async () => {
  const { taskId } = await readyTask({ maxAttempts: 1 });
  const [claim] = await claimAs('a', newId());
  if (!claim) throw new Error('not claimed');
  expect(await bus.queue.fail(claim, { code: 'check.timeout', reason: 'slow', retry: true })).toBe('done');
  const { events } = await store.events({ stream: streams.task(taskId), types: ['task.attempt_failed'], limit: 10 });
  expect(events[0]?.data).toMatchObject({ final: true, retryAt: null, attempt: 1 });
  expect(await claimAs('b', newId())).toEqual([]);
});

test('a failed attempt is not won again before its backoff has passed', async () => {
  const { taskId } = await readyTask();
  const [claim] = await claimAs('a', newId());
  if (!claim) throw new Error('not claimed');
  await bus.queue.fail(claim, { code: 'check.timeout', reason: 'slow', retry: true, retryAfterMs: 60_000 });
  expect(await claimAs('b', newId())).toEqual([]);
  expect((await viewOf(taskId)).state).toBe('ready');
});

test('a process whose clock is an hour ahead rescues nobody whose lease holds', async () => {
  await readyTask();
  expect(await claimAs('a', newId())).toHaveLength(1);
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 3_600_000 });
  expect(await bus.queue.rescue()).toBe(0);
});

test('a snoozed step costs no attempt and is not won before its time', async () => {
  const { taskId } = await readyTask();
  const [claim] = await claimAs('a', newId());
  if (!claim) throw new Error('not claimed');
  await bus.queue.snooze(claim, 60_000, 'later');
  expect(await claimAs('b', newId())).toEqual([]);
  expect(await viewOf(taskId)).toMatchObject({ state: 'ready', attempts: 0 });
  expect(await store.nextDue(['work'])).not.toBeNull();
});

test('cancelling a task ends its claim: the holder can write nothing', async () => {
  const { taskId, workflowId } = await readyTask();
  const [claim] = await claimAs('a', newId());
  if (!claim) throw new Error('not claimed');
  await bus.command({
    on: streams.task(taskId),
    correlationId: workflowId,
    events: [{ type: 'task.cancelled', stream: streams.task(taskId), data: { taskId } }],
  });
  expect(await bus.queue.finish(claim, [refusal(taskId, claim.step.token)])).toBe('lost');
  expect((await viewOf(taskId)).state).toBe('cancelled');
  const [row] = await store.steps({ taskId, limit: 1 });
  expect(row?.state).toBe('cancelled');
});

test('a command about a stream as it was is refused once that has moved on', async () => {
  const { taskId, workflowId } = await readyTask();
  const stream = streams.task(taskId);
  const version = async () => (await store.heads([stream])).heads.get(stream)?.version ?? 0;
  const cancel = (asOf: number) =>
    bus.command({
      ...{ on: stream, asOf, correlationId: workflowId },
      events: [{ type: 'task.cancelled', stream, data: { taskId } }],
    });
  const seen = await version();
  const [claim] = await claimAs('a', newId());
  expect(claim).toBeDefined();
  await expect(cancel(seen)).rejects.toMatchObject({ code: 'version.conflict', remedy: 'retry' });
  expect((await viewOf(taskId)).state).toBe('working');
  await cancel(await version());
  expect((await viewOf(taskId)).state).toBe('cancelled');
});

test('a note under terms is recorded only while they hold, and one by a holder that has lost its claim is lost', async () => {
  const tasks = [await readyTask(), await readyTask()];
  let meanwhile: (() => Promise<unknown>) | null = null;
  const late: Store = {
    ...store,
    write: async (write) => {
      const act = write.events.some(({ type }) => type === 'merge.rejected') ? meanwhile : null;
      if (act) meanwhile = null;
      await act?.();
      return store.write(write);
    },
  };
  const own = createBus(late, 'test/two');
  const claims = await claimAs('a', newId());
  const [claim, other] = claims;
  if (!claim || !other) throw new Error('not claimed');
  const { taskId, workflowId } = tasks.find((it) => it.taskId === other.step.taskId) ??
    tasks[0] ?? { taskId: '', workflowId: '' };
  const stream = streams.task(taskId);
  const of = { taskId, workflowId, branch: 'hive/x', attempt: 1, token: 1 };
  const note: NewEvent = {
    type: 'merge.rejected',
    stream: streams.merge('r', 'hive/x'),
    data: { ...of, code: 'lease.lost', reason: 'gone', culprit: taskId },
  };
  const provided: Provided = { streams: [stream], holds: (heads) => heads.get(stream)?.state === 'working' };
  const noted = async () => (await store.events({ stream: note.stream, limit: 10 })).events.length;
  expect(await own.queue.note(claim, [note], { provided })).toBe('done');
  // After it was looked at and before it is written.
  meanwhile = () =>
    bus.command({
      ...{ on: stream, correlationId: workflowId },
      events: [{ type: 'task.cancelled', stream, data: { taskId } }],
    });
  expect(await own.queue.note(claim, [note], { provided })).toBe('late');
  expect(meanwhile).toBeNull();
  expect(await noted()).toBe(1);
  await bus.queue.snooze(claim, 60_000, 'later');
  expect(await own.queue.note(claim, [note], { provided })).toBe('lost');
  expect(await noted()).toBe(1);
  own.close();
});

test('an event that the table does not allow is refused and nothing is written', async () => {
  const { taskId, workflowId } = await readyTask();
  const merged: NewEvent = { type: 'task.ready', stream: streams.task(taskId), data: { taskId } };
  await expect(
    bus.command({ on: streams.task(taskId), correlationId: workflowId, events: [merged] }),
  ).rejects.toMatchObject({
    code: 'transition.refused',
  });
  expect((await store.events({ stream: streams.task(taskId), limit: 10 })).events).toHaveLength(3);
});

test('two followers of one name handle every event once, and what they record is caused by it', async () => {
  const handled: string[] = [];
  const stop = new AbortController();
  running.push(stop);
  const follower = (actor: string) =>
    createBus(store, actor).follow({
      name: 'follower',
      types: ['task.created'],
      start: 'origin',
      signal: stop.signal,
      handle: (event) => {
        handled.push(event.id);
        if (event.type !== 'task.created') return Promise.resolve([]);
        const { taskId } = event.data;
        return Promise.resolve([
          { events: [{ type: 'task.cancelled', stream: streams.task(taskId), data: { taskId } }] },
        ]);
      },
    });
  const both = [follower('one'), follower('two')];
  const made = await Promise.all(Array.from({ length: 10 }, () => readyTask()));
  await expect.poll(async () => (await store.countHeads('task'))['cancelled']).toBe(10);
  stop.abort();
  await Promise.all(both);
  for (const { taskId } of made) {
    const { events } = await store.events({ stream: streams.task(taskId), limit: 20 });
    const ended = events.filter((event) => event.type === 'task.cancelled');
    expect(ended).toHaveLength(1);
    expect(ended[0]?.causationId).toBe(events[0]?.id);
    expect(ended[0]?.id).toBe(derivedId(events[0]?.id ?? '', 'follower 0'));
  }
});

test('a follower that was paused learns that another was faster, and does not set the cursor back', async () => {
  await readyTask();
  const [woken, paused, overtaken] = [
    Promise.withResolvers<void>(),
    Promise.withResolvers<void>(),
    Promise.withResolvers<void>(),
  ];
  const stop = new AbortController();
  running.push(stop);
  const follow = (actor: string, handle: () => Promise<Move[]>, onOvertaken = () => {}) =>
    createBus(store, actor).follow({
      name: 'shared',
      types: ['task.created'],
      start: 'origin',
      signal: stop.signal,
      handle,
      onOvertaken,
    });
  const slow = follow('slow', async () => (paused.resolve(), await woken.promise, [{ events: [] }]), overtaken.resolve);
  await paused.promise;
  const fast = follow('fast', () => Promise.resolve([{ events: [] }]));
  await readyTask();
  const at = async () => (await store.subscriptions()).find((it) => it.name === 'shared')?.cursor.position ?? 0;
  const end = (await store.end()).position;
  await expect.poll(at).toBe(end);
  const back: number[] = [];
  const { write } = store;
  store.write = async (it) => {
    const result = await write(it);
    back.push(await at());
    return result;
  };
  woken.resolve();
  await overtaken.promise;
  expect(back.filter((position) => position < end)).toEqual([]);
  stop.abort();
  await Promise.all([slow, fast]);
});

test('whoever handles an event again is told to forget what it remembered of the first time', async () => {
  const said: string[] = [];
  const stop = new AbortController();
  running.push(stop);
  const following = bus.follow({
    name: 'forgetful',
    types: ['task.created'],
    start: 'origin',
    signal: stop.signal,
    onOvertaken: () => said.push('forget'),
    handle: () => (said.push('handle'), said.length === 1 ? Promise.reject(new Error('once')) : Promise.resolve([])),
  });
  await readyTask();
  await expect.poll(() => said).toEqual(['handle', 'forget', 'handle']);
  stop.abort();
  await following;
});

test('a follower outlives a store that is away, however long, and blames no event for it', async () => {
  let away = false;
  const flaky = new Proxy(store, {
    get: (target, name: keyof Store) =>
      name === 'write' || name === 'events' || name === 'subscription'
        ? (...args: never[]) =>
            away
              ? Promise.reject(new HiveError('store.unavailable', 'away', { remedy: 'retry' }))
              : (target[name] as (...given: never[]) => unknown)(...args)
        : target[name],
  });
  const seen: string[] = [];
  const troubles: unknown[] = [];
  const stop = new AbortController();
  running.push(stop);
  const following = createBus(flaky, 'test/flaky').follow({
    name: 'patient',
    types: ['task.created'],
    start: 'origin',
    signal: stop.signal,
    retryMs: 5,
    onTrouble: (error) => troubles.push(error),
    handle: (event) => {
      if (event.type !== 'task.created') return Promise.resolve([]);
      away = seen.length === 0;
      seen.push(event.id);
      const { taskId } = event.data;
      return Promise.resolve([
        { events: [{ type: 'task.cancelled', stream: streams.task(taskId), data: { taskId } }] },
      ]);
    },
  });
  await readyTask();
  await expect.poll(() => troubles.length).toBeGreaterThan(8);
  away = false;
  await expect.poll(async () => (await store.countHeads('task'))['cancelled']).toBe(1);
  stop.abort();
  await following;
  expect(await store.deadLetters(10)).toEqual([]);
});

test('an event that cannot be handled becomes a dead letter and the follower goes on', async () => {
  const poison = await readyTask();
  const seen: string[] = [];
  const stop = new AbortController();
  running.push(stop);
  const following = bus.follow({
    name: 'poisoned',
    types: ['task.created'],
    start: 'origin',
    signal: stop.signal,
    handle: (event) => {
      if (event.correlationId === poison.workflowId) return Promise.reject(new Error('poison'));
      seen.push(event.id);
      return Promise.resolve([]);
    },
  });
  await readyTask();
  await expect.poll(() => seen.length).toBe(1);
  stop.abort();
  await following;
  expect(await store.deadLetters(10)).toMatchObject([
    { subscription: 'poisoned', error: 'Error: poison', attempts: 5 },
  ]);
});

test('an event becomes a dead letter whatever its handler says, and however much', async () => {
  const { workflowId } = await readyTask();
  const stop = new AbortController();
  running.push(stop);
  const following = bus.follow({
    name: 'loud',
    types: ['task.created'],
    start: 'origin',
    signal: stop.signal,
    handle: () => Promise.reject(new Error(`\u0000${'😀'.slice(0, 1)}${'x'.repeat(5_000_000)}`)),
  });
  await expect.poll(() => store.deadLetters(10), { timeout: 10_000 }).toHaveLength(1);
  stop.abort();
  await following;
  const [letter] = await store.deadLetters(10);
  expect(letter?.error).toBe(`Error: \ufffd\ufffd${'x'.repeat(3991)}`);
  expect((await store.event(letter?.eventId ?? ''))?.correlationId).toBe(workflowId);
});

test('a follower whose cursor lies behind the end of the log says so once, and skips and repeats nothing by itself', async () => {
  await readyTask();
  const name = 'restored';
  const before = await store.subscription(name, 'origin');
  const { cursor: last } = (await store.events({ newest: true, limit: 1 })).events[0] ?? { cursor: before };
  const beyond = { xid: last.xid, position: last.position + 2 };
  await store.write({ events: [], heads: [], cursor: { name, from: before, to: beyond } });
  const troubles: unknown[] = [];
  const seen: number[] = [];
  const forgotten = vi.fn();
  const stop = new AbortController();
  running.push(stop);
  const following = bus.follow({
    ...{ name, types: ['task.*'], start: 'origin', signal: stop.signal },
    onTrouble: (error) => troubles.push(error),
    onOvertaken: forgotten,
    handle: (event) => (seen.push(event.position), Promise.resolve([])),
  });
  await expect.poll(() => troubles).toMatchObject([{ code: 'cursor.unknown' }]);
  expect(String(troubles[0])).toContain(`stands at position ${beyond.position}, and the log ends at ${last.position}`);
  // Now the log goes past the cursor, which does not make it right.
  await readyTask();
  await readyTask();
  const looks = vi.spyOn(store, 'subscription');
  await expect.poll(() => looks.mock.calls.length, { timeout: 5000 }).toBeGreaterThan(1);
  expect([seen, troubles.length]).toEqual([[], 1]);
  await store.write({ events: [], heads: [], cursor: { name, from: beyond, to: last } });
  await expect.poll(() => seen.length, { timeout: 5000 }).toBeGreaterThan(3);
  expect(seen[0]).toBe(last.position + 1);
  expect(forgotten).toHaveBeenCalled();
  stop.abort();
  await following;
});

test('a failure is recorded whatever is said of it, and however much', async () => {
  const { taskId } = await readyTask();
  const claimed = async () => {
    const [claim] = await claimAs('a', newId());
    if (!claim) throw new Error('nothing was claimed');
    return claim;
  };
  const said = `\u0000${'😀'.slice(1)}${'x'.repeat(300_000)}`;
  const told = `\ufffd\ufffd${'x'.repeat(3998)}`;
  expect(await bus.queue.snooze(await claimed(), 0, said)).toBe('done');
  expect(await bus.queue.fail(await claimed(), { code: 'internal', reason: said, retry: false })).toBe('done');
  const { events } = await store.events({ stream: streams.task(taskId), limit: 10 });
  expect(events.filter(({ type }) => type === 'task.snoozed' || type === 'task.attempt_failed')).toMatchObject([
    { data: { reason: told } },
    { data: { reason: told } },
  ]);
});

test('a step of an unknown kind is refused by name', async () => {
  const step = sampleStep(await restingTask(store));
  await expect(bus.queue.enqueue([{ ...step, kind: 'paint' as Step }], null)).rejects.toMatchObject({
    code: 'event.invalid',
    message: expect.stringContaining('task.assigned is not valid at step') as string,
  });
});

test('a step that is there already, or is asked for twice, is refused for good', async () => {
  const step = sampleStep(await restingTask(store));
  const refusal = { code: 'input.state', remedy: 'give_up', message: expect.stringContaining(step.id) as string };
  await expect(bus.queue.enqueue([step, step], null)).rejects.toMatchObject(refusal);
  expect(await store.steps({ ids: [step.id], limit: 1 })).toEqual([]);
  await bus.queue.enqueue([step], null);
  await expect(bus.queue.enqueue([step], null)).rejects.toMatchObject(refusal);
  const other = sampleStep(await restingTask(store));
  await expect(bus.queue.enqueue([{ ...other, id: step.id }], null)).rejects.toMatchObject(refusal);
});

test('a dead letter that is redriven is handled once, by one of two followers, and its effect stands in its own trace', async () => {
  const { taskId, workflowId } = await readyTask();
  let isRepaired = false;
  let handled = 0;
  const told: { readonly what: 'forget' | 'handle'; readonly who: string }[] = [];
  const second = createBus(store, 'test/two');
  for (const each of [bus, second]) {
    const stop = new AbortController();
    running.push(stop);
    void each.follow({
      name: 'repaired',
      types: ['task.created'],
      start: 'origin',
      signal: stop.signal,
      onOvertaken: () => isRepaired && told.push({ what: 'forget', who: each.actor }),
      onHandled: () => (handled += 1),
      handle: () => {
        if (!isRepaired) return Promise.reject(new Error('poison'));
        told.push({ what: 'handle', who: each.actor });
        return Promise.resolve([
          { events: [{ type: 'task.cancelled', stream: streams.task(taskId), data: { taskId } }] },
        ]);
      },
    });
  }
  await expect.poll(() => store.deadLetters(10)).toHaveLength(1);
  const [letter] = await store.deadLetters(1);
  isRepaired = true;
  const { subscription, eventId } = letter ?? { subscription: '', eventId: '' };
  const redrive = (to: string) =>
    bus.command({
      on: null,
      correlationId: newId(),
      events: [{ type: 'system.redriven', stream: streams.system, data: { subscription: to, eventId } }],
      ...(to === subscription && { takeDeadLetters: [{ subscription, eventId }] }),
    });
  await redrive('somebody else');
  await redrive(subscription);
  await expect(redrive(subscription)).rejects.toMatchObject({ code: 'input.state' });
  await expect.poll(async () => (await store.countHeads('task'))['cancelled']).toBe(1);
  expect(handled).toBe(1);
  for (const who of ['test/one', 'test/two']) {
    const own = told.filter((it) => it.who === who).map((it) => it.what);
    const at = own.indexOf('handle');
    // What was remembered is of another time than the event: forgotten before it is handled, and again afterwards.
    if (at >= 0) expect([own[at - 1], own[at + 1]]).toEqual(['forget', 'forget']);
  }
  expect(await store.deadLetters(10)).toEqual([]);
  const cancelled = (await store.events({ stream: streams.task(taskId), limit: 100 })).events.at(-1);
  expect(cancelled).toMatchObject({ type: 'task.cancelled', correlationId: workflowId, causationId: eventId });
  second.close();
});

test('a follower that hears no ring looks by itself', async () => {
  const seen: string[] = [];
  const waits = Promise.withResolvers<void>();
  const deaf: Store = {
    ...store,
    listen: () => () => {},
    events: async (query) => {
      const page = await store.events(query);
      if (page.events.length === 0) waits.resolve();
      return page;
    },
  };
  const stop = new AbortController();
  running.push(stop);
  const following = createBus(deaf, 'test/deaf').follow({
    name: 'deaf',
    types: ['task.created'],
    start: 'origin',
    signal: stop.signal,
    handle: (event) => (seen.push(event.id), Promise.resolve([])),
  });
  await waits.promise;
  await readyTask();
  await expect.poll(() => seen.length).toBe(1);
  stop.abort();
  await following;
});
