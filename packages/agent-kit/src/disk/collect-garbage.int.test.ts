import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { newId } from '@hive/bus';
import { streams, type NewEvent } from '@hive/events';
import { mirrorName, sizeOf, tryLock } from '@hive/workspace';
import { afterEach, expect, onTestFinished, test, vi } from 'vitest';
import { createRepo, openHouse, type House } from '../testing/index.ts';
import { collectGarbage, type Collected } from './collect-garbage.ts';
import { surveyDisk } from './survey-disk.ts';

const dayMs = 86_400_000;
const file = join(import.meta.dirname, 'collect-garbage.ts');

let house: House;
let home: string;
const open = async (disk = 'floorGb: 0') => {
  house = await openHouse({ yaml: `hive: { sandbox: { mode: off, allowUnsandboxed: true }, disk: { ${disk} } }` });
  ({ home } = house.config);
};
afterEach(() => house.close());

const age = (path: string, days: number) => {
  const at = new Date(Date.now() - days * dayMs);
  utimesSync(path, at, at);
};
/** A file of a home, and how many days old it and its folders up to `top` are. */
const leave = (path: string, text: string, days = 0) => {
  const full = join(home, path);
  mkdirSync(join(full, '..'), { recursive: true });
  writeFileSync(full, text);
  if (days > 0) age(full, days);
};
const collect = (more = {}) =>
  collectGarbage({ config: house.config, store: house.store, ...more }) as Promise<Collected>;
const hex = (n: number) => n.toString(16).padStart(16, '0');

/** What `count` workflows with one task each leave when nobody cleans up: all in the store, all failed. */
const leftovers = async (count: number) => {
  const submission = { repo: house.folder, base: '0'.repeat(40) };
  const tasks = await house.begin(submission, ...Array.from({ length: count }, () => ({})));
  const { workflowId } = await house.view(tasks[0] ?? '');
  const failed = tasks.map((taskId): NewEvent => ({
    type: 'task.failed',
    stream: streams.task(taskId),
    data: { taskId, code: 'run.failed', reason: 'test' },
  }));
  await house.bus.command({ on: streams.workflow(workflowId), correlationId: workflowId, events: failed });
  tasks.forEach((taskId, n) => {
    const days = 1 + n / count; // the first are the newest
    leave(`worktrees/kept/${taskId}/tree/a.txt`, 'x'.repeat(5000));
    age(join(home, 'worktrees/kept', taskId), days);
    leave(`setup/${hex(n)}/tree/lib/index.js`, 'x'.repeat(5000));
    leave(`setup/${hex(n)}/done.json`, '["lib"]', days);
    leave(`mirrors/${hex(n)}.git/objects/pack/a.pack`, 'x'.repeat(5000));
    leave(`mirrors/${hex(n)}.git/hive-used`, newId(), days);
    leave(`worktrees/${newId()}/1/tree/a.txt`, 'x');
    if (n % 10 === 0) leave(`logs/worker-${n}.log.1`, 'x'.repeat(50_000), days);
  });
  return tasks;
};

test('what a thousand workflows leave stays within the caps, and what is newest stays', async () => {
  await open('floorGb: 0, worktreesGb: 0.001, cachesGb: 0.002, mirrorsGb: 0.003, logsMb: 1');
  const tasks = await leftovers(1000);
  const before = await surveyDisk(house);
  for (const { percent } of before.uses) expect(percent === null || percent > 100).toBe(true);
  expect(before.kept).toHaveLength(1000);

  const dry = await collect({ dryRun: true });
  // The store empties its own log when it has time, so what the events take is not compared.
  const ofFiles = (survey: typeof before) => survey.uses.filter(({ kind }) => kind !== 'events');
  const looked = await surveyDisk(house);
  expect({ ...looked, uses: ofFiles(looked) }).toEqual({
    ...before,
    uses: ofFiles(before),
    space: expect.anything() as unknown,
  });
  const { removed, freedBytes, stayed } = await collect();
  expect(removed).toEqual(dry.removed);

  const after = await surveyDisk(house);
  const used = (survey: typeof after) => ofFiles(survey).reduce((sum, { bytes }) => sum + bytes, 0);
  for (const { kind, percent } of after.uses) {
    if (percent === null) continue;
    expect({ kind, isIn: percent <= 100 }).toEqual({ kind, isIn: true });
    expect({ kind, isUsed: percent > 80 }).toEqual({ kind, isUsed: true });
  }
  expect(Math.abs(used(before) - used(after) - freedBytes)).toBeLessThan(20_000);
  expect(readdirSync(join(home, 'worktrees')).filter((name) => name !== 'package.json')).toEqual(['kept']);
  expect(new Set(after.kept.map(({ task }) => task))).toEqual(new Set(tasks.slice(0, after.kept.length)));
  expect(existsSync(join(home, 'setup', hex(0)))).toBe(true);
  expect(existsSync(join(home, 'mirrors', `${hex(999)}.git`))).toBe(false);
  expect(stayed).toContainEqual(
    expect.objectContaining({ kind: 'kept', because: 'its task failed, and somebody may want to look' }),
  );
  expect((await collect()).removed).toEqual([]);
});

/** A small disk of its own; null where this user may not mount one. */
const smallDisk = (size: string): string | null => {
  const disk = mkdtempSync(join(tmpdir(), 'hive-disk-'));
  onTestFinished(() => rmSync(disk, { recursive: true }));
  if (spawnSync('mount', ['-t', 'tmpfs', '-o', size, 'hive-test', disk]).status !== 0) return null;
  onTestFinished(() => void spawnSync('umount', [disk]));
  return disk;
};
/** Writes files of one byte until the disk takes no more of them, or one of its size until it takes no more of that. */
const fill = (disk: string, what: string): void => {
  try {
    if (what === 'bytes') for (;;) appendFileSync(join(disk, 'ballast'), Buffer.alloc(4096));
    for (let n = 0; ; n++) writeFileSync(join(disk, `ballast-${n}`), '');
  } catch (error) {
    expect(error).toMatchObject({ code: 'ENOSPC' });
  }
};

test.for([
  ['bytes', 'size=4m'],
  ['files', 'size=4m,nr_inodes=100'],
] as const)('where the disk takes no more %s room is made, by one at a time', async ([what, size], { skip }) => {
  await open();
  const disk = smallDisk(size);
  if (disk === null) return skip('this user may not mount a small file system');
  home = disk;
  const config = { ...house.config, home };
  await collect({ config }); // as each worker does when it starts
  leave('worktrees/probe-1/a.txt', 'x'.repeat(5000));
  age(join(home, 'worktrees/probe-1'), 2);
  leave(`setup/${hex(1)}/tree/lib/index.js`, 'x'.repeat(5000));
  age(join(home, 'setup', hex(1)), 2);
  fill(disk, what);

  if (what === 'bytes')
    expect(await tryLock(join(home, 'run/gc.lock'), () => collect({ config, patienceMs: 50 }))).toBeNull();
  const { removed } = await collect({ config });
  expect(removed.map(({ kind }) => kind).sort()).toEqual(['cache', 'scratch']);
  expect(readdirSync(join(home, 'run'))).toEqual(['gc.last']);
});

test('no artefact goes that an event mentions, or a plan that an event mentions', async () => {
  await open();
  const put = (text: string) => house.artefacts.put(text);
  const all: string[] = [];
  for (let n = 0; n < 200; n++) all.push(await put(`artefact ${n}`));
  const inPlan = await put(JSON.stringify({ version: 1, tasks: [{ patch: all[0], note: `see ${all[1] ?? ''}` }] }));
  const [taskId = ''] = await house.begin({ repo: house.folder, base: '0'.repeat(40), plan: inPlan }, {});
  await house.enqueue(taskId, 'work');
  const referred = all.filter((_, n) => n > 1 && n % 3 === 0);
  for (const [n, hash] of referred.entries())
    await house.bus.command({
      on: null,
      correlationId: newId(),
      events: [
        { type: 'system.alert_raised', stream: streams.system, data: { alert: `${n}`, message: `in ${hash}, say` } },
      ],
    });
  const everything = [...all, inPlan];
  const stored = (hash: string) => join(home, 'artefacts', hash.slice(0, 2), hash);
  for (const hash of everything) age(stored(hash), 2);
  const young = await put('young');
  await put('artefact 4'); // stored again: somebody is about to refer to it
  leave(`artefacts/aa/${all[2] ?? ''}.3f0c`, 'half of one', 2);

  const { events } = await house.store.events({ after: { xid: '0', position: 0 }, limit: 1000 });
  const mentioned = new Set(JSON.stringify(events).match(/[0-9a-f]{64}/g));
  expect(mentioned.size).toBeGreaterThan(60);
  const { removed } = await collect();
  const left = everything.filter((hash) => existsSync(stored(hash)));
  expect(everything.filter((hash) => mentioned.has(hash) && !left.includes(hash))).toEqual([]);
  expect(new Set(left)).toEqual(new Set([...referred, inPlan, all[0], all[1], all[4]]));
  expect(existsSync(stored(young))).toBe(true);
  expect(removed.filter(({ kind }) => kind === 'artefact')).toHaveLength(201 - left.length + 1);
});

/** Runs a script beside this file; answers the process once it has said something. */
const runScript = async (script: string, ...args: string[]) => {
  const child = spawn(process.execPath, ['--no-warnings', '--input-type=module', '-e', script, ...args], {
    cwd: import.meta.dirname,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit');
  onTestFinished(() => void child.kill('SIGKILL'));
  await Promise.race([once(child.stdout, 'data'), ended]);
  return { child, ended };
};

const collecting = `
  const [file, home, now] = process.argv.slice(1);
  const { collectGarbage } = await import(file);
  const { openStore } = await import('@hive/core-db');
  const { loadConfig } = await import('@hive/config');
  const config = await loadConfig({ env: { HOME: home, HIVE_HOME: home }, cwd: home, cloneRoot: null });
  const store = await openStore({ home });
  process.stdout.write('begins');
  await collectGarbage({ config, store, now: Number(now) });
  await store.close();`;

test('a collection that is killed leaves nothing that the next one or a worker trips over', async () => {
  await open('floorGb: 0, worktreesGb: 0.0001, cachesGb: 0.0001, mirrorsGb: 0.0001, logsMb: 0.1');
  const repo = createRepo(house.folder, { 'a.txt': 'a\n' });
  await leftovers(100);
  const own = mirrorName(repo.root);
  const setups = () => readdirSync(join(home, 'setup')).filter((name) => !name.includes('.'));
  let kills = 0;
  for (let round = 0; round < 3; round++) {
    const before = setups().length;
    const { child, ended } = await runScript(collecting, file, home, String(Date.now()));
    await vi.waitUntil(() => setups().length < before - 5 * round - 5 || child.exitCode !== null, {
      interval: 1,
      timeout: 60_000,
    });
    if (child.kill('SIGKILL')) kills += 1;
    await ended;
    for (const name of setups()) expect(existsSync(join(home, 'setup', name, 'tree/lib/index.js'))).toBe(true);
  }
  expect(kills).toBeGreaterThan(1);
  expect(await collect()).not.toBeNull();
  expect(readdirSync(join(home, 'trash'))).toEqual([]);
  expect(readdirSync(join(home, 'run')).filter((name) => name.startsWith('gc.lock'))).toEqual([]);
  for (const { kind, percent } of (await surveyDisk(house)).uses)
    expect({ kind, isIn: (percent ?? 0) <= 100 }).toEqual({ kind, isIn: true });

  const { workspaceOf } = await import('../workspace-of.ts');
  const { pino } = await import('pino');
  const context = { ...house, log: pino({ level: 'silent' }), agent: 'a', incarnation: newId(), host: 'h' };
  const tree = await workspaceOf(context).open({
    ...{ repo: repo.root, base: repo.base, modelAuthored: false, passEnv: [], signal: new AbortController().signal },
    setup: { argv: ['touch', 'made'], lockfile: null, source: 'given' },
  });
  expect(readdirSync(tree.dir).sort()).toEqual(['a.txt', 'made']);
  expect(readdirSync(join(home, 'mirrors'))).toContain(`${own}.git`);
});

const working = `
  const [home, repo, base, incarnation] = process.argv.slice(1);
  const { createWorkspace } = await import('@hive/workspace');
  const artefacts = { put: async () => '', get: async () => new Uint8Array() };
  const sandbox = { mode: 'none', allowUnsandboxed: true };
  const workspace = createWorkspace({ home, artefacts, sandbox, agent: 'a', incarnation, env: { PATH: process.env.PATH } });
  const setup = { argv: ['touch', 'made'], lockfile: null, source: 'given' };
  const signal = new AbortController().signal;
  const tree = await workspace.open({ repo, base, setup, modelAuthored: false, passEnv: [], signal });
  process.stdout.write(tree.dir);
  setInterval(() => {}, 1000);`;

test('what a process works in is not touched while it lives, and goes when it is gone', async () => {
  await open('floorGb: 0, worktreesGb: 0.000001, cachesGb: 0.000001, mirrorsGb: 0.000001');
  const repo = createRepo(house.folder, { 'a.txt': 'a\n' });
  const incarnation = newId();
  const { child, ended } = await runScript(working, home, repo.root, repo.base, incarnation);
  const folder = join(home, 'worktrees', incarnation);
  const all = ['worktrees', 'setup', 'mirrors'].map((name) => join(home, name));
  const sizes = async () => Promise.all(all.map(async (path) => (await sizeOf(path)).files));
  // As if it had worked for weeks.
  age(join(folder, '1'), 30);
  age(folder, 30);
  const [setup = ''] = readdirSync(join(home, 'setup'));
  age(join(home, 'setup', setup, 'done.json'), 30);
  await surveyDisk(house); // sizes are noted once
  const before = await sizes();
  await house.begin({ repo: repo.root, base: repo.base }, {}); // so its mirror is needed, too
  age(join(home, 'mirrors', `${mirrorName(repo.root)}.git`, 'hive-used'), 30);

  expect((await collect()).removed).toEqual([]);
  expect(await sizes()).toEqual(before);
  child.kill('SIGKILL');
  await ended;
  const { removed } = await collect();
  expect(removed.map(({ kind }) => kind)).toEqual(['worktrees']);
  expect(existsSync(folder)).toBe(false);
  expect((await collect()).removed.map(({ kind }) => kind)).toEqual(['cache']);
});

test('two collections do not meet', async () => {
  await open();
  await leftovers(20);
  const both = await Promise.all([collect({ patienceMs: 0 }), collect({ patienceMs: 10_000 })]);
  expect(both.filter((one) => one === null).length).toBeLessThanOrEqual(1);
  expect(both.flatMap((one) => one?.removed ?? []).length).toBe(20);
});
