import { compose, derivedId, type Move } from '@hive/bus';
import type { Head } from '@hive/core-db';
import {
  streams,
  type Evidence,
  type HiveEvent,
  type NewEvent,
  type PlannedTask,
  type Policy,
  type TaskView,
} from '@hive/events';
import { expect, test } from 'vitest';
import { decide } from './decide.ts';
import { evolve, initialState, type State } from './state.ts';

const workflowId = '01990000-0000-7000-8000-000000000001';
const sha = (digit: string) => digit.repeat(40);
const hash = 'a'.repeat(64);

const taskId = (key: string) => derivedId(workflowId, key);

const planned = (key: string, needs: string[] = [], more: Partial<PlannedTask> = {}): PlannedTask => ({
  id: taskId(key),
  key,
  title: key,
  needs: needs.map(taskId),
  kind: 'change',
  author: 'human',
  checks: [],
  redBefore: 'needed',
  capabilities: [],
  priority: 0,
  timeoutS: 60,
  ...more,
});

/** A log in memory with the queen on it: what is told to it is folded, decided, and what follows is told in turn. */
const building = (plan: PlannedTask[], turns = 0) => {
  let state: State = initialState();
  const heads = new Map<string, Head>();
  const log: HiveEvent[] = [];
  const steps: { kind: string; task: string; because: string; avoid: string | null; behind: number; most: number }[] =
    [];

  const tell = (...events: NewEvent[]): void => record([{ events }]);
  const record = (moves: readonly Move[]): void => {
    for (const move of moves) {
      const { step } = move;
      const assigned: NewEvent[] = step
        ? [
            {
              type: 'task.assigned',
              stream: step.taskId === null ? streams.workflow(workflowId) : streams.task(step.taskId),
              data: {
                taskId: step.taskId,
                step: step.kind,
                attempt: 1,
                stepId: step.id,
                agent: null,
                because: step.because,
              },
            },
          ]
        : [];
      let composed;
      try {
        composed = compose([...move.events, ...assigned], heads, {
          correlationId: workflowId,
          causationId: null,
          actor: 'test',
          at: '2026-01-01T00:00:00.000Z',
          id: (n) => derivedId(workflowId, `event ${log.length + n}`),
        });
      } catch {
        continue; // refused by the table, as the store does with a move that no longer fits
      }
      for (const { head } of composed.heads) heads.set(head.stream, head);
      if (step)
        steps.push({
          kind: step.kind,
          task: keyOf(step.taskId),
          because: step.because,
          avoid: step.avoidAgent,
          behind: step.behind ?? 0,
          most: step.maxAttempts,
        });
      for (const row of composed.events) {
        const event = { ...row, position: log.length + 1 } as HiveEvent;
        log.push(event);
      }
    }
    follow();
  };
  let handled = 0;
  let busy = false;
  const follow = (): void => {
    if (busy) return;
    busy = true;
    for (let event = log[handled]; event; event = log[handled]) {
      handled += 1;
      state = evolve(state, event);
      record(decide(state, event, { plan, calls: [], turns: (spec) => (spec === null ? 0 : turns) }));
    }
    busy = false;
  };
  const keyOf = (id: string | null) => plan.find((task) => task.id === id)?.key ?? 'plan';
  const view = (key: string) => heads.get(streams.task(taskId(key)))?.view as TaskView | undefined;
  const open = () => steps.splice(0).map(({ kind, task }) => `${kind} ${task}`);
  const status = () => Object.fromEntries(plan.map((task) => [task.key, view(task.key)?.state]));
  return { tell, open, status, view, steps, log, workflow: () => state.workflow?.state };
};

const submitted: NewEvent = {
  type: 'workflow.submitted',
  stream: streams.workflow(workflowId),
  data: {
    workflowId,
    goal: 'test',
    repo: '/repo',
    base: sha('1'),
    branch: 'hive/test',
    into: null,
    checks: [],
    setup: null,
    source: 'file',
    plan: hash,
    model: null,
    localOnly: false,
    budget: null,
    redBefore: 'needed',
    passEnv: [],
    example: false,
  },
};
const generated = (plan: PlannedTask[]): NewEvent => ({
  type: 'workflow.plan_generated',
  stream: streams.workflow(workflowId),
  data: { workflowId, plan: hash, by: 'plan file', tasks: plan.map(({ id, key, needs }) => ({ id, key, needs })) },
});

const mark = (step: 'work' | 'check' | 'review' | 'merge') => ({ step, attempt: 1, token: 1 });
const on = (key: string) => ({ stream: streams.task(taskId(key)) });
const claimed = (key: string): NewEvent => ({
  type: 'task.claimed',
  ...on(key),
  data: { taskId: taskId(key), ...mark('work'), agent: 'worker-1', leaseUntil: '2026-01-01T00:00:15.000Z' },
});
const handedIn = (key: string, author = 'human'): NewEvent => ({
  type: 'task.submitted',
  ...on(key),
  data: {
    taskId: taskId(key),
    ...mark('work'),
    base: sha('1'),
    commit: sha('2'),
    patch: hash,
    author,
    agent: 'worker-1',
  },
});
const evidence = (greenAfter: boolean): Evidence => ({
  base: sha('1'),
  head: sha('2'),
  tree: sha('3'),
  patch: hash,
  author: 'human',
  commands: [],
  redBefore: 'red',
  greenAfter,
  checkedBy: { agent: 'worker-2', host: 'here' },
  sandbox: 'none',
  at: '2026-01-01T00:00:00.000Z',
});
const checked = (key: string, code: 'checks.red' | null = null): NewEvent => ({
  type: 'task.checked',
  ...on(key),
  data: {
    taskId: taskId(key),
    ...mark('check'),
    evidence: evidence(code === null),
    verdict: { code, reason: code, findings: [] },
  },
});
const reviewed = (key: string, decision: 'approve' | 'return' | 'escalate' = 'approve', remaining = 0): NewEvent => ({
  type: 'task.review_completed',
  ...on(key),
  data: {
    taskId: taskId(key),
    ...mark('review'),
    decision,
    reviewer: { agent: 'reviewer', kind: 'rules' },
    findings: [],
    remaining,
  },
});
const merged = (key: string): NewEvent => ({
  type: 'task.merged',
  ...on(key),
  data: { taskId: taskId(key), ...mark('merge'), commit: sha('4'), evidence: evidence(true) },
});
const approveAll = (hive: ReturnType<typeof building>, key: string) => {
  for (const event of [claimed(key), handedIn(key), checked(key), reviewed(key)]) hive.tell(event);
};

const started = (plan: PlannedTask[], turns = 0, policy?: Policy) => {
  const hive = building(plan, turns);
  const { data } = submitted;
  hive.tell(policy ? { ...submitted, type: 'workflow.submitted', data: { ...data, policy } } : submitted);
  hive.tell(generated(plan));
  hive.open();
  return hive;
};

test('a goal becomes a plan step, a plan becomes tasks, and only those without needs are ready', () => {
  const plan = [planned('a'), planned('b', ['a']), planned('c')];
  const hive = building(plan);
  hive.tell(submitted);
  expect(hive.open()).toEqual(['plan plan']);
  hive.tell(generated(plan));
  expect(hive.open()).toEqual(['work a', 'work c']);
  expect(hive.status()).toEqual({ a: 'ready', b: 'pending', c: 'ready' });
});

test('a change goes through check, review and merge; its dependents start when it is merged', () => {
  const hive = started([planned('a'), planned('b', ['a'])]);
  hive.tell(claimed('a'));
  hive.tell(handedIn('a'));
  expect(hive.steps.at(-1)).toMatchObject({ kind: 'check', avoid: 'worker-1' });
  expect(hive.open()).toEqual(['check a']);
  hive.tell(checked('a'));
  expect(hive.open()).toEqual(['review a']);
  hive.tell(reviewed('a'));
  expect(hive.open()).toEqual(['merge a']);
  hive.tell(merged('a'));
  expect(hive.open()).toEqual(['work b']);
  approveAll(hive, 'b');
  hive.tell(merged('b'));
  expect(hive.workflow()).toBe('completed');
});

test('a branch takes one change at a time, by priority and then in the order of the plan', () => {
  const hive = started([planned('a'), planned('b'), planned('c', [], { priority: 5 })]);
  for (const key of ['b', 'a', 'c']) approveAll(hive, key);
  expect(hive.open().filter((step) => step.startsWith('merge'))).toEqual(['merge b']);
  hive.tell(merged('b'));
  expect(hive.open()).toEqual(['merge c']);
  hive.tell(merged('c'));
  expect(hive.open()).toEqual(['merge a']);
});

test('two changes that are approved before the queen looks are merged one after the other, each once', () => {
  const hive = started([planned('a'), planned('b')]);
  for (const key of ['a', 'b']) for (const event of [claimed(key), handedIn(key), checked(key)]) hive.tell(event);
  hive.open();
  hive.tell(reviewed('b'), reviewed('a'));
  expect(hive.open()).toEqual(['merge b']);
  hive.tell(merged('b'));
  expect(hive.open()).toEqual(['merge a']);
});

test('a merge that is refused makes room for the next one', () => {
  const hive = started([planned('a'), planned('b')]);
  approveAll(hive, 'a');
  approveAll(hive, 'b');
  hive.open();
  hive.tell({
    type: 'task.refused',
    ...on('a'),
    data: { taskId: taskId('a'), code: 'patch.conflict', reason: 'conflict' },
  });
  expect(hive.open()).toEqual(['merge b']);
});

test('the change of a person with a red check is refused, and all that needed it is blocked', () => {
  const hive = started([planned('a'), planned('b', ['a']), planned('c', ['b']), planned('d')]);
  for (const event of [claimed('a'), handedIn('a'), checked('a', 'checks.red')]) hive.tell(event);
  expect(hive.status()).toEqual({ a: 'refused', b: 'blocked', c: 'blocked', d: 'ready' });
  expect(hive.view('b')?.reason).toBe('It needs a, which was refused');
  expect(hive.workflow()).toBe('running');
  approveAll(hive, 'd');
  hive.tell(merged('d'));
  expect(hive.workflow()).toBe('failed');
});

test('the change of a model with a red check returns to it three times, then is refused', () => {
  const hive = started([planned('a', [], { author: null })]);
  for (let round = 0; round < 4; round++) {
    for (const event of [
      claimed('a'),
      handedIn('a', 'ollama:m@box'),
      checked('a', 'checks.red'),
      reviewed('a', 'return'),
    ])
      hive.tell(event);
  }
  expect(hive.view('a')).toMatchObject({ state: 'refused', returns: 3, code: 'checks.red' });
});

test('a policy says how often a change returns, and that a person is asked after the last time', () => {
  const hive = started([planned('a', [], { author: null })], 0, { review: { returns: 1, then: 'ask' } });
  const round = [claimed('a'), handedIn('a', 'ollama:m@box'), checked('a', 'checks.red'), reviewed('a', 'return')];
  for (let n = 0; n < 2; n++) for (const event of round) hive.tell(event);
  expect(hive.view('a')).toMatchObject({ state: 'waiting', returns: 1 });
  expect(hive.view('a')?.reason).toMatch(/^Returns so far: 1, and still: /);
  // A person sends it back: then it may return once more.
  hive.tell({ type: 'task.returned', ...on('a'), data: { taskId: taskId('a'), findings: [], note: 'use the index' } });
  for (const event of round) hive.tell(event);
  expect(hive.view('a')).toMatchObject({ state: 'ready', returns: 1, note: 'use the index' });
  for (const event of round) hive.tell(event);
  expect(hive.view('a')).toMatchObject({ state: 'waiting', returns: 1 });
});

test('an approved change that a person returns begins its work anew, and the next one has its turn to be merged', () => {
  const hive = started([planned('a', [], { author: null }), planned('b', [], { author: null })]);
  for (const id of ['a', 'b'])
    for (const event of [claimed(id), handedIn(id, 'ollama:m@box'), checked(id), reviewed(id)]) hive.tell(event);
  const merges = () => hive.steps.filter(({ kind }) => kind === 'merge').map(({ task }) => task);
  expect(merges()).toEqual(['a']);
  hive.tell({ type: 'task.returned', ...on('a'), data: { taskId: taskId('a'), findings: [], note: 'use the index' } });
  expect(merges()).toEqual(['a', 'b']);
  expect(hive.view('a')).toMatchObject({ state: 'ready', returns: 0, note: 'use the index' });
  expect(hive.steps.filter(({ kind, task }) => kind === 'work' && task === 'a')).toHaveLength(1);
});

test('where models follow each other, a change returns so often that each has its attempts', () => {
  const hive = started([planned('a', [], { author: null })], 6);
  const round = [claimed('a'), handedIn('a', 'ollama:m@box'), checked('a', 'checks.red'), reviewed('a', 'return')];
  for (let n = 0; n < 6; n++) for (const event of round) hive.tell(event);
  expect(hive.view('a')).toMatchObject({ state: 'refused', returns: 5, code: 'checks.red' });
  expect(hive.steps.filter(({ kind }) => kind === 'work').map(({ most }) => most)).toEqual([6, 6, 6, 6, 6]);
});

test('a change that a reviewer rejects is refused for that, not for a failed call before it', () => {
  const hive = started([planned('a')]);
  for (const event of [claimed('a'), handedIn('a'), checked('a')]) hive.tell(event);
  const late = { code: 'model.timeout' as const, reason: 'slow', final: false, retryAt: '2026-01-01T00:00:00.000Z' };
  hive.tell({ type: 'task.attempt_failed', ...on('a'), data: { taskId: taskId('a'), ...mark('review'), ...late } });
  const found = [{ rule: 'model', message: 'proves nothing' }];
  const verdict = reviewed('a', 'return') as NewEvent<'task.review_completed'>;
  hive.tell({ ...verdict, data: { ...verdict.data, findings: found } });
  expect(hive.view('a')).toMatchObject({ state: 'refused', code: 'review.rejected', reason: 'proves nothing' });
});

test('a step says how many of its kind wait in its workflow already, so that others have their turn', () => {
  const plan = ['a', 'b', 'c', 'd'].map((key) => planned(key, key === 'd' ? ['a'] : []));
  const hive = building(plan);
  hive.tell(submitted);
  hive.tell(generated(plan));
  expect(hive.steps.splice(0).map(({ task, behind }) => [task, behind])).toEqual([
    ['plan', 0],
    ['a', 0],
    ['b', 1],
    ['c', 2],
  ]);
  for (const event of [claimed('a'), handedIn('a'), claimed('b'), handedIn('b')]) hive.tell(event);
  // Only `c` waits for a worker now; both checks wait for somebody.
  expect(hive.steps.splice(0)).toMatchObject([
    { kind: 'check', task: 'a', behind: 0 },
    { kind: 'check', task: 'b', behind: 1 },
  ]);
  hive.tell({
    type: 'task.cancelled',
    ...on('c'),
    data: { taskId: taskId('c') },
  });
  for (const event of [checked('a'), reviewed('a', 'approve'), merged('a')]) hive.tell(event);
  expect(hive.steps.at(-1)).toMatchObject({ kind: 'work', task: 'd', behind: 0 });
});

test('nothing is merged before the last reviewer has approved', () => {
  const hive = started([planned('a')]);
  for (const event of [claimed('a'), handedIn('a'), checked('a')]) hive.tell(event);
  hive.open();
  hive.tell(reviewed('a', 'approve', 1));
  expect(hive.open()).toEqual([]);
  hive.tell(reviewed('a', 'approve', 0));
  expect(hive.open()).toEqual(['merge a']);
});

test('a cancelled workflow cancels every open task', () => {
  const hive = started([planned('a'), planned('b', ['a'])]);
  hive.tell({ type: 'workflow.cancelled', stream: streams.workflow(workflowId), data: { workflowId } });
  expect(hive.status()).toEqual({ a: 'cancelled', b: 'cancelled' });
});

test('a last failed attempt fails the task, a last lost lease is a dead letter, a last failed plan ends the workflow', () => {
  const last = { code: 'check.timeout' as const, reason: 'slow', final: true, retryAt: null };
  const hive = started([planned('a'), planned('b')]);
  hive.tell(claimed('a'));
  hive.tell({ type: 'task.attempt_failed', ...on('a'), data: { taskId: taskId('a'), ...mark('work'), ...last } });
  hive.tell(claimed('b'));
  hive.tell({
    type: 'task.lease_expired',
    ...on('b'),
    data: { taskId: taskId('b'), ...mark('work'), agent: 'worker-1', rescues: 6, final: true, reason: 'gone' },
  });
  expect(hive.view('a')).toMatchObject({ state: 'failed', code: 'check.timeout' });
  expect(hive.view('b')).toMatchObject({ state: 'dead_lettered', code: 'rescues.exhausted' });

  const other = building([]);
  other.tell(submitted);
  other.tell({
    type: 'task.attempt_failed',
    stream: streams.workflow(workflowId),
    data: { taskId: null, step: 'plan', attempt: 1, token: 1, ...last, code: 'model.bad_output' },
  });
  expect(other.workflow()).toBe('failed');
  expect(other.log.map((event) => event.type).slice(-2)).toEqual(['workflow.plan_failed', 'workflow.failed']);
});

test('a redriven task starts anew, brings its blocked dependents back, and reopens the workflow', () => {
  const hive = started([planned('a'), planned('b', ['a'])]);
  for (const event of [claimed('a'), handedIn('a'), checked('a', 'checks.red')]) hive.tell(event);
  expect(hive.workflow()).toBe('failed');
  hive.open();
  hive.tell({ type: 'task.redriven', ...on('a'), data: { taskId: taskId('a') } });
  expect(hive.workflow()).toBe('running');
  expect(hive.status()).toEqual({ a: 'ready', b: 'pending' });
  expect(hive.open()).toEqual(['work a']);
});

test('what needed a task goes on without it once its change is on the branch, though it was cancelled meanwhile', () => {
  const hive = started([planned('a'), planned('b'), planned('c', ['a', 'b'])]);
  for (const event of [claimed('a'), handedIn('a')]) hive.tell(event);
  hive.tell({ type: 'task.cancelled', ...on('a'), data: { taskId: taskId('a') } });
  expect(hive.status()).toEqual({ a: 'cancelled', b: 'ready', c: 'blocked' });
  const retry: NewEvent = { type: 'task.redriven', ...on('c'), data: { taskId: taskId('c') } };
  hive.tell(retry);
  expect(hive.status()).toMatchObject({ c: 'blocked' });
  const about = { taskId: taskId('a'), workflowId, branch: 'hive/test', attempt: 1, token: 1 };
  const into = { commit: sha('2'), evidence: evidence(true), into: null };
  hive.tell({ type: 'merge.completed', stream: streams.merge('repo', 'hive/test'), data: { ...about, ...into } });
  hive.tell(retry);
  expect(hive.status()).toMatchObject({ c: 'pending' });
  approveAll(hive, 'b');
  hive.tell(merged('b'));
  expect(hive.status()).toEqual({ a: 'cancelled', b: 'merged', c: 'ready' });
});

test('nor is it blocked when such a task ends once more', () => {
  const hive = started([planned('a'), planned('b', ['a'])]);
  for (const event of [claimed('a'), handedIn('a')]) hive.tell(event);
  hive.tell({
    type: 'task.dead_lettered',
    ...on('a'),
    data: { taskId: taskId('a'), code: 'rescues.exhausted', reason: 'gone' },
  });
  const about = { taskId: taskId('a'), workflowId, branch: 'hive/test', attempt: 1, token: 1 };
  const into = { commit: sha('2'), evidence: evidence(true), into: null };
  hive.tell({ type: 'merge.completed', stream: streams.merge('repo', 'hive/test'), data: { ...about, ...into } });
  hive.tell({ type: 'task.redriven', ...on('b'), data: { taskId: taskId('b') } });
  expect(hive.status()).toEqual({ a: 'dead_lettered', b: 'ready' });
  hive.tell({ type: 'task.cancelled', ...on('a'), data: { taskId: taskId('a') } });
  expect(hive.status()).toEqual({ a: 'cancelled', b: 'ready' });
});

test('a workflow that was declared over while one of its tasks was redriven goes on', () => {
  const hive = started([planned('a')]);
  for (const event of [claimed('a'), handedIn('a')]) hive.tell(event);
  // The person is faster than the queen, who has not yet seen that the last task has settled.
  hive.tell(
    { type: 'task.refused', ...on('a'), data: { taskId: taskId('a'), code: 'patch.conflict', reason: 'conflict' } },
    { type: 'task.redriven', ...on('a'), data: { taskId: taskId('a') } },
  );
  expect(hive.log.some((event) => event.type === 'workflow.failed')).toBe(true);
  expect(hive.workflow()).toBe('running');
  approveAll(hive, 'a');
  hive.tell(merged('a'));
  expect(hive.workflow()).toBe('completed');
});

const paused: NewEvent = { type: 'workflow.paused', stream: streams.workflow(workflowId), data: { workflowId } };
const resumed: NewEvent = { type: 'workflow.resumed', stream: streams.workflow(workflowId), data: { workflowId } };

test('a workflow whose last task ends while it is paused is over when it is resumed', () => {
  const hive = started([planned('a')]);
  approveAll(hive, 'a');
  hive.tell(paused);
  hive.tell(merged('a'));
  expect(hive.workflow()).toBe('paused');
  hive.tell(resumed);
  expect(hive.workflow()).toBe('completed');
});

test('a plan that fails while its workflow is paused ends it when it is resumed', () => {
  const hive = building([]);
  hive.tell(submitted);
  hive.tell(paused);
  const failed = { workflowId, code: 'model.bad_output', reason: 'prose' } as const;
  hive.tell({ type: 'workflow.plan_failed', stream: streams.workflow(workflowId), data: failed });
  expect(hive.workflow()).toBe('paused');
  hive.tell(resumed);
  expect(hive.workflow()).toBe('failed');
  expect(hive.log.at(-1)?.data).toMatchObject({ code: 'model.bad_output', reason: 'prose' });
});

test('a plan that comes while its workflow is paused becomes tasks, and their work waits in the queue', () => {
  const plan = [planned('a')];
  const hive = building(plan);
  hive.tell(submitted);
  hive.tell(paused);
  hive.tell(generated(plan));
  expect([hive.workflow(), hive.status()]).toEqual(['paused', { a: 'ready' }]);
  hive.tell(resumed);
  expect(hive.workflow()).toBe('running');
});
