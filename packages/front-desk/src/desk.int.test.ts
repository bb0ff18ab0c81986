import { derivedId, newId } from '@hive/bus';
import { streams, type HiveEvent, type NewEvent, type PlannedTask } from '@hive/events';
import { expect, test } from 'vitest';
import { makeRepo, nobody, openHouse, patch } from './testing/house.ts';

const sha = (digit: string) => digit.repeat(40);
const of = (task: PlannedTask | undefined) => ({ stream: streams.task(task?.id ?? ''), taskId: task?.id ?? '' });
const refused = (task: PlannedTask | undefined): NewEvent[] => {
  const { stream, taskId } = of(task);
  const step = { step: 'work', attempt: 1, token: 1 } as const;
  return [
    { type: 'task.ready', stream, data: { taskId } },
    {
      type: 'task.claimed',
      stream,
      data: { taskId, ...step, agent: 'worker-1', leaseUntil: '2030-01-01T00:00:00.000Z' },
    },
    { type: 'task.refused', stream, data: { taskId, code: 'checks.red', reason: '1 test fails' } },
  ];
};

const houseWithPlan = async (tasks = [{ key: 'a', title: 'A', patch }]) => {
  const house = await openHouse();
  const repo = makeRepo();
  const { id } = await house.desk.submit({
    goal: 'Count',
    repo: repo.dir,
    checks: ['true'],
    plan: { version: 1, tasks },
  });
  return { ...house, repo, id, planned: await house.start(id) };
};

test('ids may be whole, any unique ending, or last', async () => {
  const { desk, id, planned } = await houseWithPlan();
  for (const text of [id, id.slice(-8), id.slice(-8).toUpperCase(), 'last'])
    expect((await desk.workflow(text)).workflow).toBe(id);
  expect((await desk.task(planned[0]?.id.slice(-8) ?? '')).key).toBe('a');
  for (const text of [nobody, 'zz', '%', ''])
    await expect(desk.workflow(text), text).rejects.toMatchObject({ code: 'input.unknown_id' });
  await expect(desk.task('last')).rejects.toMatchObject({
    code: 'input.unknown_id',
    message: 'There is no task last; hive tasks shows them all',
  });
  await expect((await openHouse()).desk.workflow('last')).rejects.toMatchObject({
    message: 'There is no workflow yet',
  });
});

test('an ending that two share is not guessed', async () => {
  const { desk, planned } = await houseWithPlan(
    Array.from({ length: 20 }, (_, n) => ({ key: `t${n}`, title: 'T', patch })),
  );
  const endings = planned.map((task) => task.id.slice(-1));
  const shared = endings.find((ending, index) => endings.indexOf(ending) !== index) ?? '';
  await expect(desk.task(shared)).rejects.toMatchObject({
    code: 'input.unknown_id',
    message: expect.stringContaining('could be') as string,
  });
});

test('lists page on, newest first; the tasks of a workflow come in the order of its plan', async () => {
  const { desk, id, repo, planned } = await houseWithPlan(['z', 'm', 'a'].map((key) => ({ key, title: key, patch })));
  const second = await desk.submit({ goal: 'Again', repo: repo.dir, checks: ['true'], patch });
  const first = await desk.workflows({ limit: 1 });
  expect(first.items.map((it) => [it.id, it.status, it.tasks])).toEqual([[second.id, 'submitted', 0]]);
  const rest = await desk.workflows({ limit: 1, after: first.next ?? '' });
  expect(rest).toMatchObject({
    next: null,
    items: [{ id, status: 'running', tasks: 3, merged: 0, counts: { pending: 3 } }],
  });

  const page = await desk.tasks({ workflow: id, limit: 2 });
  expect(page.items.map((task) => task.key)).toEqual(['z', 'm']);
  expect((await desk.tasks({ workflow: id, limit: 2, after: page.next ?? '' })).items.map((task) => task.key)).toEqual([
    'a',
  ]);
  expect((await desk.tasks({ limit: 2 })).items).toHaveLength(2);
  expect(planned.map((task) => task.key)).toEqual(['z', 'm', 'a']);
});

test('the list tells of a workflow what its page tells, and counts by status', async () => {
  const { desk, id, planned, move } = await houseWithPlan(
    ['a', 'b', 'c', 'd', 'e'].map((key) => ({ key, title: key, patch })),
  );
  const claimed = (task: PlannedTask | undefined): NewEvent[] => refused(task).slice(0, 2);
  const failed = (task: PlannedTask | undefined, code: 'check.timeout' | 'run.failed'): NewEvent => {
    const { stream, taskId } = of(task);
    return { type: 'task.failed', stream, data: { taskId, code, reason: 'it did not end' } };
  };
  const [a, b, c, d] = planned;
  await move(id, ...refused(a), ...claimed(b), failed(b, 'check.timeout'), ...claimed(c), failed(c, 'run.failed'));
  await move(id, { type: 'task.ready', stream: of(d).stream, data: { taskId: of(d).taskId } });
  const counts = async () => (await desk.workflows()).items[0]?.counts;
  const { tasks, status } = await desk.workflow(id);
  const expected = Object.fromEntries([...Map.groupBy(tasks, (it) => it.status)].map(([key, of]) => [key, of.length]));
  expect(expected).toEqual({ refused: 1, infra: 1, failed: 1, ready: 1, pending: 1 });
  expect(await counts()).toEqual(expected);
  expect((await desk.workflows()).items[0]).toMatchObject({ status, tasks: 5, merged: 0 });
});

test('cancel ends what is open and refuses what is over', async () => {
  const { desk, id, planned } = await houseWithPlan();
  expect((await desk.cancelTask(planned[0]?.id ?? '')).status).toBe('cancelled');
  await expect(desk.cancelTask(planned[0]?.id ?? '')).rejects.toMatchObject({ code: 'input.state' });
  expect((await desk.cancel(id)).status).toBe('cancelled');
  await expect(desk.cancel('last')).rejects.toMatchObject({
    code: 'input.state',
    message: expect.stringContaining('is cancelled already') as string,
  });
});

test('retry begins a settled task anew and wakes its workflow, in one command', async () => {
  const { desk, id, planned, move } = await houseWithPlan();
  const [task] = planned;
  await expect(desk.retry(task?.id ?? '')).rejects.toMatchObject({
    code: 'input.state',
    message: expect.stringContaining('pending') as string,
  });
  await move(id, ...refused(task), {
    type: 'workflow.failed',
    stream: streams.workflow(id),
    data: {
      workflowId: id,
      code: null,
      reason: '',
      merged: 0,
      refused: 1,
      waiting: 0,
      usage: { input: 0, output: 0, cached: 0, costUsd: 0, calls: 0 },
    },
  });
  expect(await desk.retry(task?.id.slice(-8) ?? '', { note: 'look again' })).toMatchObject({
    status: 'pending',
    note: 'look again',
    code: null,
  });
  expect((await desk.workflow(id)).status).toBe('running');
  const [redriven, resumed] = (await desk.trace(id)).slice(-2);
  expect([redriven?.type, resumed?.type, redriven?.causationId]).toEqual([
    'task.redriven',
    'workflow.resumed',
    resumed?.causationId,
  ]);
});

test('retry sends a waiting task back to its author', async () => {
  const { desk, id, planned, move } = await houseWithPlan();
  const { stream, taskId } = of(planned[0]);
  await move(id, ...refused(planned[0]).slice(0, 2), {
    type: 'task.escalated',
    stream,
    data: { taskId, reason: 'unsure' },
  });
  expect((await desk.workflow(id)).status).toBe('waiting');
  // The list says it as well, and finds it by it.
  const found = async (status?: string) =>
    (await desk.traces({ ...(status && { status }) })).items.map((it) => it.status);
  expect([await found(), await found('waiting'), await found('running')]).toEqual([['waiting'], ['waiting'], []]);
  expect(await desk.retry(taskId, { note: 'yes' })).toMatchObject({ status: 'ready', note: 'yes' });
});

test('why finds a task by its id and by the beginning of its commit', async () => {
  const { desk, id, planned, move } = await houseWithPlan();
  const { stream, taskId } = of(planned[0]);
  const step = { step: 'work', attempt: 1, token: 1 } as const;
  await move(id, ...refused(planned[0]).slice(0, 2), {
    type: 'task.submitted',
    stream,
    data: {
      taskId,
      ...step,
      base: sha('a'),
      commit: sha('b'),
      patch: 'c'.repeat(64),
      author: 'human',
      agent: 'worker-1',
    },
  });
  for (const text of [taskId.slice(-8), sha('b'), 'bbbbbbb'])
    expect(await desk.why(text), text).toMatchObject({
      task: { id: taskId, commit: sha('b') },
      workflow: { id, goal: 'Count' },
      evidence: null,
    });
  await expect(desk.why('bbbbbb')).rejects.toMatchObject({ code: 'input.unknown_id' });
  await expect(desk.why('ccccccc')).rejects.toMatchObject({ code: 'input.unknown_id' });
});

test('events page on by position, filtered or newest first', async () => {
  const { desk, id } = await houseWithPlan();
  const page = await desk.events({ limit: 2 });
  expect(page.items.map((event) => event.type)).toEqual(['workflow.submitted', 'workflow.plan_generated']);
  expect(page.items[0]).not.toHaveProperty('cursor');
  const rest = await desk.events({ after: Number(page.next), correlationId: id });
  expect([rest.items.map((event) => event.type), rest.next]).toEqual([['workflow.started', 'task.created'], null]);
  expect((await desk.events({ types: ['task.*'] })).items).toHaveLength(1);
  expect((await desk.events({ newest: true, limit: 1 })).items[0]?.type).toBe('task.created');
  await expect(desk.events({ after: 10_000 })).rejects.toMatchObject({ code: 'cursor.unknown' });
});

test('traces tell their goal, and a whole id is enough for the trace of a process', async () => {
  const { desk, id, bus } = await houseWithPlan();
  expect(await desk.traces()).toMatchObject({
    items: [{ correlationId: id, goal: 'Count', status: 'running', events: 4 }],
    next: null,
  });
  const incarnation = derivedId(id, 'agent');
  const data = { agent: 'w', role: 'worker', incarnation, host: 'h', pid: 1, capabilities: [], version: '0' };
  await bus.command({
    on: null,
    correlationId: incarnation,
    events: [{ type: 'agent.registered', stream: streams.agent(incarnation), data }],
  });
  expect(await desk.trace(incarnation)).toHaveLength(1);
  await expect(desk.trace(nobody)).rejects.toMatchObject({ code: 'input.unknown_id' });
});

test('follow replays and goes on live: nothing is lost, nothing comes twice', async () => {
  const { desk, id, move } = await houseWithPlan();
  const stop = new AbortController();
  const seen: HiveEvent[] = [];
  let passed = 0;
  const following = (async () => {
    for await (const event of desk.follow({ after: 0, correlationId: id }, stop.signal, {
      onPassed: (position) => (passed = position),
    })) {
      seen.push(event);
      if (seen.length === 64) stop.abort();
    }
  })();
  for (let n = 0; n < 30; n++)
    for (const type of ['workflow.paused', 'workflow.resumed'] as const)
      await move(id, { type, stream: streams.workflow(id), data: { workflowId: id } });
  await following;
  expect(new Set(seen.map((event) => event.id)).size).toBe(64);
  expect(seen.map((event) => event.position)).toEqual(seen.map((event) => event.position).toSorted((a, b) => a - b));
  expect(passed).toBeGreaterThan(0);
});

test('follow without a place begins now', async () => {
  const { desk, id } = await houseWithPlan();
  const stop = new AbortController();
  const first = desk
    .follow({ types: ['workflow.cancelled'] }, stop.signal)
    [Symbol.asyncIterator]()
    .next();
  await new Promise((resolve) => setImmediate(resolve));
  await desk.cancel(id);
  expect((await first).value).toMatchObject({ type: 'workflow.cancelled' });
  stop.abort();
});

test('health and agents are told as they are', async () => {
  const { bus, desk, id, move, planned, store } = await houseWithPlan();
  const row = {
    incarnation: nobody,
    agent: 'worker-1',
    role: 'worker',
    host: 'h',
    pid: process.pid,
    capabilities: ['js'],
    status: 'idle',
    load: 0,
    startedAt: await store.now(),
    version: '0',
  } as const;
  await store.beat(row);
  expect(await desk.agents()).toMatchObject([{ agent: 'worker-1', step: null, capabilities: ['js'] }]);
  expect(await desk.health()).toMatchObject({
    head: 4,
    steps: { ready: 0 },
    deadLetters: 0,
    sandbox: 'not looked at by this process',
  });

  // What it claims is known at once, and its next beat comes later.
  const taskId = planned[0]?.id ?? '';
  const any = { capabilities: [], priority: 0, maxAttempts: 2, onlyAgent: null, avoidAgent: null, because: 'test' };
  await move(id, { type: 'task.ready', stream: streams.task(taskId), data: { taskId } });
  await bus.queue.enqueue([{ ...any, id: newId(), kind: 'work', taskId, workflowId: id }], null);
  const asking = { kinds: ['work'] as const, capabilities: [], limit: 1, leaseMs: 15_000 };
  const [claim] = await bus.queue.claim({ ...asking, agent: 'worker-1', incarnation: nobody });
  expect(await desk.agents()).toMatchObject([{ status: 'busy', step: { kind: 'work', taskId } }]);
  await store.beat({ ...row, status: 'busy', load: 1 });
  if (claim) await bus.queue.finish(claim, []);
  expect(await desk.agents()).toMatchObject([{ status: 'idle', step: null }]);
});

test('an artefact is read by its hash', async () => {
  const { desk, artefacts } = await houseWithPlan();
  expect(String(await desk.artefact(await artefacts.put('log')))).toBe('log');
  await expect(desk.artefact('../../token')).rejects.toMatchObject({ code: 'input.unknown_id' });
});
