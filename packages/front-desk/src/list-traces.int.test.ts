import { createBus } from '@hive/bus';
import { errorTypes, streams, type DataOf, type TraceFilter } from '@hive/events';
import { expect, onTestFinished, test } from 'vitest';
import { createDesk } from './create-desk.ts';
import { createListTraces } from './list-traces.ts';
import { called } from './testing/called.ts';
import { makeRepo, openHouse, patch } from './testing/house.ts';

const checks = ['node test.js'];

test('traces are found by what their workflows say, and pages go on where the last one ended', async () => {
  const { desk, start } = await openHouse();
  const [almanac, other] = [makeRepo().dir, makeRepo().dir];
  const hand = async (goal: string, repo: string) => (await desk.submit({ goal, repo, patch, checks })).id;
  const a = await hand('Fix the date parser', almanac);
  const b = await hand('Release chores', almanac);
  const c = await hand('Fix the clock', other);
  await desk.cancel(b);
  const [task] = await start(c);
  const found = async (filter: TraceFilter) => (await desk.traces(filter)).items.map(({ correlationId: id }) => id);

  expect(await found({})).toEqual([c, b, a]);
  expect(await found({ status: 'cancelled' })).toEqual([b]);
  expect(await found({ status: 'submitted,running' })).toEqual([c, a]);
  expect(await found({ status: 'process' })).toEqual([]);
  expect(await found({ text: 'PARSER fix' })).toEqual([a]);
  expect(await found({ text: b.slice(-8) })).toEqual([b]);
  expect(await found({ repo: almanac, status: 'submitted' })).toEqual([a]);
  expect(await found({ minErrors: 1 })).toEqual([]);
  expect(await found({ maxMs: 86_400_000, minMs: 0 })).toEqual([c, b, a]);
  expect(await found({ author: 'HUMAN' })).toEqual([c]);
  expect(await found({ author: 'oracle' })).toEqual([]);
  expect(await found({ minUsd: 0.01 })).toEqual([]);
  expect(await found({ code: 'checks.red' })).toEqual([]);
  expect(task?.author).toBe('human');

  const moment = (await desk.traces({ text: 'Release' })).items[0]?.firstAt ?? '';
  const later = new Date(Date.parse(moment) + 3_600_000).toISOString();
  expect(await found({ since: later })).toEqual([]);
  expect(await found({ before: later })).toEqual([c, b, a]);
  expect(await found({ before: '2020-01-01T00:00:00Z' })).toEqual([]);

  const first = await desk.traces({ limit: 2 });
  expect(first.items.map(({ correlationId }) => correlationId)).toEqual([c, b]);
  expect((await desk.traces({ limit: 2, after: first.next ?? '' })).items.map((it) => it.correlationId)).toEqual([a]);
  const one = await desk.traces({ status: 'submitted,running', limit: 1 });
  expect(one.next).toBe(c);
  expect(await desk.traces({ status: 'submitted,running', limit: 1, after: c })).toMatchObject({
    items: [{ correlationId: a, repo: almanac }],
    next: null,
  });
});

test('a status or a moment that there is not is refused by its name', async () => {
  const { desk } = await openHouse();
  await expect(desk.traces({ status: 'gone' })).rejects.toMatchObject({ details: { field: 'status' } });
  await expect(desk.traces({ since: 'soon' })).rejects.toMatchObject({ details: { field: 'since' } });
});

test('a trace tells whether a command or the API handed it in', async () => {
  const { store, artefacts, config } = await openHouse();
  const handIn = async (actor: string) => {
    const bus = createBus(store, actor);
    onTestFinished(() => bus.close());
    const desk = createDesk({ bus, artefacts, config, means: {} });
    await desk.submit({ goal: actor, repo: makeRepo().dir, patch, checks });
    return desk;
  };
  await handIn('cli/12345678');
  await handIn('something/else');
  const desk = await handIn('event-dashboard/event-dashboard-1');
  const traces = (await desk.traces()).items.map(({ goal, trigger }) => [goal, trigger]);
  expect(traces).toEqual([
    ['event-dashboard/event-dashboard-1', 'api'],
    ['something/else', undefined],
    ['cli/12345678', 'command'],
  ]);
});

test('a trace tells who took its steps and what its calls came to, also after more has happened', async () => {
  const { desk, start, move, bus } = await openHouse();
  const { id } = await desk.submit({ goal: 'Count', repo: makeRepo().dir, patch, checks });
  const listed = async () => (await desk.traces()).items[0];
  expect(await listed()).toMatchObject({ agents: [], usage: { calls: 0 } });
  const [task] = await start(id);
  const taskId = task?.id ?? '';
  const stream = streams.task(taskId);
  const claim = {
    taskId,
    step: 'work',
    attempt: 1,
    token: 1,
    agent: 'worker-1',
    leaseUntil: '2999-01-01T00:00:00.000Z',
  };
  await move(
    id,
    { type: 'task.ready', stream, data: { taskId } },
    { type: 'task.claimed', stream, data: claim as DataOf<'task.claimed'> },
  );
  expect(await listed()).toMatchObject({ agents: ['worker-1'], errors: 0 });
  const mark = { taskId, step: 'work', attempt: 1, token: 1 } as const;
  const failed = { ...mark, code: 'model.bad_output', reason: 'x', final: false, retryAt: null } as const;
  await move(id, { type: 'task.attempt_failed', stream, data: failed });
  const counted = (await desk.trace(id)).filter(({ type }) => errorTypes.includes(type));
  expect(await listed()).toMatchObject({ errors: 1, agents: ['worker-1'] });
  const again = { ...claim, attempt: 2, token: 2, agent: 'worker-2' } as DataOf<'task.claimed'>;
  await move(id, { type: 'task.claimed', stream, data: again }, called(), called());
  const after = { agents: ['worker-1', 'worker-2'], usage: { calls: 2 } };
  expect(await listed()).toMatchObject(after);
  // Whoever has not looked before sees the same.
  expect((await createListTraces(bus.store)()).items[0]).toMatchObject(after);
  expect(counted).toHaveLength(1);
  // No queue gave out the tokens of these claims, which the head of the task would tell.
  const offenders = (await bus.store.verify()).flatMap((it) => it.offenders);
  expect(offenders.filter((it) => !it.startsWith(`${stream}: its head has the token 0`))).toEqual([]);
});
