import { openStore } from '@hive/core-db';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { createBus } from '@hive/bus';
import { streams, type NewEvent, type Result, type ScheduleSummary } from '@hive/events';
import { makeRepo, patch } from '@hive/front-desk/testing';
import { expect, onTestFinished, test } from 'vitest';
import { runCommand } from '../testing/run-command.ts';

/** The program on a home of its own with nothing running, in this process. */
const openTerminal = async () => {
  const home = mkdtempSync(join(tmpdir(), 'hive-operations-'));
  onTestFinished(() => rmSync(home, { recursive: true, force: true }));
  const repo = makeRepo();
  mkdirSync(join(home, 'plans'));
  writeFileSync(join(home, 'plans/fix.patch'), patch);
  const plan = join(home, 'plans/plan.json');
  writeFileSync(
    plan,
    JSON.stringify({ version: 1, checks: ['true'], tasks: [{ key: 'fix', title: 'Fix', patch: 'fix.patch' }] }),
  );

  const env = { HOME: home, HIVE_HOME: join(home, 'hive') };
  const hive = (...argv: string[]) => runCommand(argv, { cwd: repo.dir, env, root: home });
  const withStore = async <T>(use: (bus: ReturnType<typeof createBus>) => Promise<T>): Promise<T> => {
    const store = await openStore({ home: join(home, 'hive') });
    const bus = createBus(store, 'test/terminal');
    try {
      return await use(bus);
    } finally {
      bus.close();
      await store.close();
    }
  };
  const run = ['run', 'Fix it', '--repo', repo.dir, '--plan', plan];
  return { hive, home: join(home, 'hive'), withStore, run };
};

/** A workflow whose one task failed for good. */
const withFailedTask = async () => {
  const terminal = await openTerminal();
  const id = await terminal.withStore(async (bus) => {
    const [workflowId, taskId] = ['01990000-0000-7000-8000-0000000000a1', '01990000-0000-7000-8000-0000000000b1'];
    const [stream, of] = [streams.workflow(workflowId), streams.task(taskId)];
    const spec = {
      id: taskId,
      key: 'fix',
      title: 'Fix',
      needs: [],
      kind: 'change',
      author: 'human',
      checks: [],
      redBefore: 'needed',
      capabilities: [],
      priority: 0,
      timeoutS: 60,
    } as const;
    const submission = {
      workflowId,
      goal: 'Fix it',
      repo: '/r',
      base: '1'.repeat(40),
      branch: 'hive/x',
      into: null,
      checks: [],
      setup: null,
      source: 'file',
      plan: null,
      model: null,
      localOnly: false,
      budget: null,
      redBefore: 'needed',
      passEnv: [],
      example: false,
    } as const;
    const events = [
      { type: 'workflow.submitted', stream, data: submission },
      {
        type: 'workflow.plan_generated',
        stream,
        data: { workflowId, plan: 'a'.repeat(64), by: 'test', tasks: [{ id: taskId, key: 'fix', needs: [] }] },
      },
      { type: 'workflow.started', stream, data: { workflowId, tasks: 1 } },
      { type: 'task.created', stream: of, data: { taskId, workflowId, spec } },
      { type: 'task.failed', stream: of, data: { taskId, code: 'run.failed', reason: 'exit 1' } },
    ] as unknown as NewEvent[]; // literals of one test, checked by the schemas when they are recorded
    await bus.command({ on: null, correlationId: workflowId, events });
    return taskId;
  });
  return { ...terminal, taskId: id };
};

test('pause and resume say who, when and how to go on', async () => {
  const { hive } = await withFailedTask();
  expect((await hive('pause', '--last', '--reason', 'lunch')).stdout).toMatch(
    /^paused {2}000000a1 {2}Fix it {3}\(hive resume 000000a1 goes on\)/,
  );
  expect((await hive('ls')).stdout).toContain('paused by');
  expect((await hive('show', '--last')).stdout).toMatch(
    /paused by \S+ (now|\d+ s ago): lunch \(hive resume 000000a1 goes on\)/,
  );
  const again = await hive('pause', '--last');
  expect([again.code, again.stderr]).toEqual([2, expect.stringContaining('already')]);
  const resumed = await hive('resume', '--last');
  expect([resumed.stdout, resumed.stderr]).toEqual([
    'running  000000a1  Fix it\n',
    expect.stringContaining('Hive is not running'),
  ]);
  expect((await hive('pause', '--all', '--kind', 'check')).stdout).toMatch(
    /^Every check is paused by \S+ (now|\d+ s ago) \(hive resume --all --kind check goes on\)/,
  );
  expect((await hive('status')).stdout).toContain('Every check is paused by');
  expect((await hive('resume', '--all', '--json')).json()).toEqual({ paused: {}, agents: {} });
});

test('dead letters are listed, shown, tried in thought, and tried again', async () => {
  const { hive, taskId } = await withFailedTask();
  expect((await hive('dead-letters')).stdout).toMatch(/000000b1 {2}task, failed {2}Fix {3}run\.failed: exit 1/);
  expect((await hive('dead-letters', '--kind', 'event')).stdout).toBe('Nothing was given up\n');
  expect((await hive('dead-letters', '000000b1')).stdout).toMatch(/task\.failed +code run\.failed, reason exit 1/);
  expect((await hive('dead-letters', 'redrive', '--all', '--dry-run')).stdout).toContain(
    '1 dead letter would be tried again',
  );
  expect((await hive('status')).stdout).toContain('1 dead letter\n');
  expect((await hive('dead-letters', 'redrive', taskId)).stdout).toContain('1 dead letter tried again');
  expect((await hive('dead-letters')).stdout).toBe('Nothing was given up\n');
  expect((await hive('show', taskId)).stdout).toMatch(/waits +The orchestrator has not yet decided/);
});

test('a failed task leaves the list of dead letters when it is discarded, and can be retried', async () => {
  const { hive, taskId } = await withFailedTask();
  const discarded = await hive('dead-letters', 'discard', '--all', '--limit', '1');
  expect(discarded.stdout).toMatch(/1 dead letter dropped\n$/);
  expect((await hive('dead-letters')).stdout).toBe('Nothing was given up\n');
  expect((await hive('status')).stdout).toContain('0 dead letters');
  expect((await hive('show', taskId)).stdout).toContain('failed');
  expect((await hive('dead-letters', 'discard', taskId)).code).toBe(2);
  expect((await hive('retry', taskId)).code).toBe(0);
});

test('a schedule is made, listed and removed', async () => {
  const { hive, run } = await openTerminal();
  const made = await hive(...run, '--cron', '0 22 * * 1-5', '--zone', 'Europe/Berlin', '--missed', 'all:2');
  expect(made.stdout).toMatch(/Fix it {3}\(0 22 \* \* 1-5 Europe\/Berlin \(missed: all, up to 2\); next 20\d\d-/);
  expect(made.stderr).toContain('hive up starts it');
  const { items } = (await hive('schedules', '--json')).json() as { items: ScheduleSummary[] };
  expect(items).toMatchObject([{ goal: 'Fix it', state: 'active', missed: { policy: 'all', most: 2 } }]);
  const id = items[0]?.id.slice(-8) ?? '';
  expect((await hive('schedules')).stdout).toContain('never');
  expect((await hive('schedules', 'remove', id)).stdout).toBe(`removed  ${id}  Fix it\n`);
  expect((await hive('schedules')).stdout).toContain('Nothing is scheduled');
  expect((await hive('schedules', '--all')).stdout).toContain('removed');
  expect(((await hive('ls', '--json')).json() as { items: Result[] }).items).toEqual([]);
});

test('status tells alerts that stand, and who has seen them', async () => {
  const { hive, withStore } = await openTerminal();
  const alert = 'store.horizon';
  await withStore(async (bus) => {
    const on = { on: null, correlationId: '01990000-0000-7000-8000-0000000000a2' };
    const raised = {
      type: 'system.alert_raised',
      stream: streams.system,
      data: { alert, message: 'Held back' },
    } as const;
    await bus.command({ ...on, events: [raised] });
  });
  expect((await hive('status')).stdout).toContain('\nHeld back\n');
  await withStore(async (bus) => {
    const on = { on: null, correlationId: '01990000-0000-7000-8000-0000000000a2' };
    const seen = { type: 'system.alert_acknowledged', stream: streams.system, data: { alert, by: 'ada' } } as const;
    await bus.command({ ...on, events: [seen] });
  });
  expect((await hive('status')).stdout).toContain('\nHeld back (seen by ada)\n');
});

test('chaos on a database that does not answer leaves nothing behind', async () => {
  const { hive } = await openTerminal();
  const told = await hive('chaos', '--workflow', 'small', '--database', 'postgres://nobody@127.0.0.1:1/none');
  expect(told).toMatchObject({ code: 78, stderr: expect.not.stringContaining('kept in') });
  const folder = /\/\S*hive-chaos-\w+/.exec(told.stderr)?.[0] ?? '';
  expect(existsSync(folder)).toBe(false);
  expect(folder).not.toBe('');
});

test('what is wrong is told in a sentence with exit 2, and nothing is recorded', async () => {
  const { hive, run, withStore } = await openTerminal();
  const wrong: [args: string[], code: string][] = [
    [['pause', 'zzzzzzzz'], 'input.unknown_id'],
    [['pause'], 'input.invalid'],
    [['pause', '--all', '--last'], 'input.invalid'],
    [['pause', '--agent', 'worker-1', '--all'], 'input.invalid'],
    [['pause', '--agent', 'worker-9'], 'input.unknown_id'],
    [['pause', '--all', '--drain'], 'input.invalid'],
    [['resume', '--agent', 'worker-1'], 'input.state'],
    [['pause', '--all', '--reason', ''], 'input.invalid'],
    [['pause', '--all', '--kind', 'lunch'], 'input.invalid'],
    [['pause', '--last', '--kind', 'work'], 'input.invalid'],
    [['resume', '--all'], 'input.state'],
    [['resume', '--last'], 'input.unknown_id'],
    [['dead-letters', 'redrive'], 'input.invalid'],
    [['dead-letters', 'discard', 'zzzzzzzz'], 'input.unknown_id'],
    [['dead-letters', '--kind', 'lunch'], 'input.invalid'],
    [['dead-letters', 'eat', 'it'], 'input.invalid'],
    [['dead-letters', 'redrive', '--all', '--limit', '0'], 'input.invalid'],
    [['dead-letters', '--limit', '0'], 'input.invalid'],
    [['events', '--limit', '0'], 'input.invalid'],
    [['ls', '--limit', '0'], 'input.invalid'],
    [['schedules', 'remove', 'zzzzzzzz'], 'input.unknown_id'],
    [['schedules', 'remove'], 'input.invalid'],
    [[...run, '--cron', '61 * * * *'], 'input.invalid'],
    [[...run, '--cron', '0 3 * * *', '--zone', 'Mars/Olympus'], 'input.invalid'],
    [[...run, '--cron', '0 3 * * *', '--missed', 'maybe'], 'input.invalid'],
    [[...run, '--at', '2020-01-01T00:00:00Z'], 'input.invalid'],
    [[...run, '--at', 'soon'], 'input.invalid'],
    [[...run, '--zone', 'UTC'], 'input.invalid'],
    ...['0', '-1', '1.5', 'many', '', '1e2', '9'.repeat(15), '9'.repeat(30)].flatMap((n): typeof wrong => [
      [['chaos', `--kills=${n}`], 'input.invalid'],
      [['chaos', `--minutes=${n}`], 'input.invalid'],
    ]),
  ];
  for (const [args, code] of wrong) {
    const ended = await hive(...args, '--json');
    const { error } = ended.json() as { error: { code: string; message: string } };
    expect([args.slice(-3), ended.code, error.code]).toEqual([args.slice(-3), 2, code]);
    expect(error.message).toMatch(/^\S.{10,}[^.]$/);
  }
  expect((await withStore((bus) => bus.store.end())).position).toBe(0);
});

test('a command that only asks says that it has brought an older store up to date, and how to go back', async () => {
  const { hive, home, withStore } = await openTerminal();
  await withStore(() => Promise.resolve());
  const file = new DatabaseSync(join(home, 'hive.db'));
  file.exec(`drop index head_state; update meta set value = '5' where key = 'schema'`);
  file.close();
  const listed = await hive('ls', '--json');
  expect(listed.json()).toMatchObject({ items: [] });
  expect(listed.stderr).toMatch(
    /^The store was brought from schema 5 to \d+; .*\/backups\/hive-5-.*The way back: hive down/,
  );
  expect((await hive('status')).stderr).toBe('');
});
