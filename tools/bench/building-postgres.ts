/**
 * The building on PostgreSQL under a crowd: the real queen and the real front desk as processes, sixty agents of the real kit whose work is nothing,
 * five hundred tasks in flight, each of them worked on, checked, reviewed and merged. Prints tasks a minute, how fast the front desk answers
 * meanwhile, and whose processor time it took (Linux). Ends by itself after `--seconds` (60) and what it takes to start. With --json one document.
 */
import { fork, type ChildProcess } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createBus, newId } from '@hive/bus';
import { readToken } from '@hive/config';
import { createArtefacts, openStore } from '@hive/core-db';
import { databaseName, inDatabase, onServer, startOwnPostgres } from '@hive/core-db/testing';
import { createDeskClient, streams, type PlannedTask, type Submission } from '@hive/events';

const { values } = parseArgs({
  options: {
    agents: { type: 'string', default: '60' },
    flight: { type: 'string', default: '500' },
    seconds: { type: 'string', default: '60' },
    json: { type: 'boolean', default: false },
  },
});
const [agents, flight, seconds] = [values.agents, values.flight, values.seconds].map(Number) as [
  number,
  number,
  number,
];
const root = join(import.meta.dirname, '../..');
const tasksPerWorkflow = 25;
const agentsPerProcess = 15;

const folder = await mkdtemp(join(tmpdir(), 'hive-bench-'));
const home = join(folder, 'home');
const server = await startOwnPostgres({ settings: ['max_connections=600'] });
const database = databaseName('bench');
await onServer(server.url, `create database ${database}`);
const url = inDatabase(server.url, database);
const env = { PATH: process.env['PATH'], HOME: folder, HIVE_HOME: home, HIVE_DATABASE_URL: url };
const children: ChildProcess[] = [];

/** Each in a session of its own, as the supervisor starts them: Linux shares processor time among sessions first. */
const start = (program: string, ...args: string[]): ChildProcess => {
  const stdio = ['ignore', 'ignore', 'inherit', 'ipc'] as const;
  const child = fork(join(root, program), args, { env, cwd: folder, stdio: [...stdio], detached: true });
  children.push(child);
  return child;
};
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => {
    for (const child of children) child.kill('SIGTERM');
    process.exit(1);
  });
const said = <T>(child: ChildProcess, isIt: (message: unknown) => boolean): Promise<T> =>
  new Promise((resolve, reject) => {
    child.on('message', (message) => isIt(message) && resolve(message as T)); // our own programs speak on this channel
    child.once('exit', (code) => reject(new Error(`${child.spawnargs.join(' ')} ended with ${String(code)}`)));
  });
const isOf = (type: string) => (message: unknown) => (message as { type?: string }).type === type;

const plannedTask = (n: number): PlannedTask => ({
  id: newId(),
  key: `t${n}`,
  title: `Task ${n}`,
  needs: [],
  kind: 'change',
  author: 'tool',
  checks: [],
  redBefore: 'not_needed',
  capabilities: [],
  priority: 0,
  timeoutS: 60,
});

const submission: Omit<Submission, 'workflowId' | 'branch' | 'plan' | 'goal' | 'repo'> = {
  ...{ base: '1'.repeat(40), into: null, checks: [], setup: null, source: 'file', model: null, localOnly: false },
  ...{ budget: null, redBefore: 'not_needed', passEnv: [], example: false },
};

const tickMs = 10;

/** Processor time in milliseconds of the processes whose command line says so. */
const processorMs = async (isMeant: (command: string) => boolean): Promise<number> => {
  let ms = 0;
  for (const pid of (await readdir('/proc').catch(() => [])).filter((name) => /^\d+$/.test(name))) {
    const command = (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).replaceAll('\0', ' ');
    if (!isMeant(command)) continue;
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    ms += (Number(fields[11] ?? 0) + Number(fields[12] ?? 0)) * tickMs;
  }
  return ms;
};
/** Sessions of PostgreSQL carry the name of their database; the others are started from this clone. */
const parts: Readonly<Record<string, (command: string) => boolean>> = {
  PostgreSQL: (it) => it.startsWith('postgres:') && it.includes(` ${database} `),
  queen: (it) => it.includes(join(root, 'apps/orchestrator/src/main.ts')),
  'front desk': (it) => it.includes(join(root, 'apps/event-dashboard/src/main.ts')),
  agents: (it) => it.includes(join(root, 'tools/bench/trivial-agents.ts')),
};
const spentNow = async (): Promise<Record<string, number>> =>
  Object.fromEntries(
    await Promise.all(Object.entries(parts).map(async ([name, is]) => [name, await processorMs(is)] as const)),
  );

const percentile = (all: readonly number[], percent: number): number =>
  all.toSorted((a, b) => a - b)[Math.min(all.length - 1, Math.floor((all.length * percent) / 100))] ?? NaN;

const store = await openStore({ url, home });
const bus = createBus(store, 'bench');
const artefacts = createArtefacts(home);
try {
  await writeFile(join(folder, 'hive.yaml'), 'hive: { disk: { floorGb: 0 } }\n');
  const desk = start('apps/event-dashboard/src/main.ts', '--port', '0');
  const { url: address } = await said<{ url: string }>(desk, isOf('listening'));
  await said(start('apps/orchestrator/src/main.ts'), isOf('started'));
  for (let first = 0; first < agents; first += agentsPerProcess)
    await said(
      start('tools/bench/trivial-agents.ts', String(first), String(Math.min(agentsPerProcess, agents - first))),
      (message) => message === 'ready',
    );

  let handedIn = 0;
  const handIn = async (): Promise<void> => {
    const workflowId = newId();
    const tasks = Array.from({ length: tasksPerWorkflow }, (_, n) => plannedTask(n));
    const plan = await artefacts.put(JSON.stringify({ version: 1, tasks }));
    const data: Submission = {
      ...submission,
      workflowId,
      branch: `hive/bench-${handedIn}`,
      repo: `/bench/${handedIn}`,
      plan,
      goal: JSON.stringify({ tasks: tasks.map(({ id, key }) => ({ id, key })) }),
    };
    const stream = streams.workflow(workflowId);
    await bus.command({ on: null, correlationId: workflowId, events: [{ type: 'workflow.submitted', stream, data }] });
    handedIn += tasksPerWorkflow;
  };
  const merged = async (): Promise<number> => (await store.countHeads('task'))['merged'] ?? 0;

  const client = createDeskClient({ url: address, token: readToken(home)?.reveal() ?? '' });
  const asks = [
    () => client.workflows(),
    () => client.agents(),
    () => client.traces(),
    () => client.workflow('last'),
    () => client.events({ newest: true, limit: 50 }),
  ];
  const answersMs: number[] = [];
  let isOver = false;
  let refused = 0;
  const asking = (async () => {
    for (let n = 0; !isOver; n++) {
      const began = performance.now();
      await asks[n % asks.length]?.().catch(() => refused++);
      answersMs.push(performance.now() - began);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  })();

  const mostInFlight = { tasks: 0 };
  const keepBusy = async (): Promise<number> => {
    const done = await merged();
    mostInFlight.tasks = Math.max(mostInFlight.tasks, handedIn - done);
    while (handedIn - done < flight) await handIn();
    await new Promise((resolve) => setTimeout(resolve, 200));
    return done;
  };
  while ((await keepBusy()) < tasksPerWorkflow); // until everything has begun to flow
  const before = await merged();
  const began = performance.now();
  answersMs.length = 0;
  refused = 0;
  const spentBefore = await spentNow();
  while (performance.now() - began < seconds * 1_000) await keepBusy();
  const perMinute = (((await merged()) - before) / (performance.now() - began)) * 60_000;
  const spent = await spentNow();
  isOver = true;
  await asking;
  const spentMs = Object.fromEntries(
    Object.entries(spent).map(([name, ms]) => [name, Math.round(ms - (spentBefore[name] ?? 0))]),
  );

  const figures = {
    agents,
    inFlight: mostInFlight.tasks,
    tasksPerMinute: Math.round(perMinute),
    stepsPerSecond: Math.round((perMinute * 4) / 60),
    apiMs: {
      p50: Math.round(percentile(answersMs, 50)),
      p95: Math.round(percentile(answersMs, 95)),
      asked: answersMs.length,
      refused,
    },
    spentMs,
    machine: { cores: cpus().length, load: loadavg().map((it) => Number(it.toFixed(1))) },
  };
  const reached = (holds: boolean): string => (holds ? 'reached' : 'not reached');
  if (values.json) console.log(JSON.stringify(figures));
  else {
    const { apiMs, machine } = figures;
    console.log(
      `${agents} agents, ${figures.inFlight} tasks in flight, ${machine.cores} cores, load ${machine.load.join(' ')}`,
    );
    console.log(
      `tasks a minute   ${figures.tasksPerMinute} (${figures.stepsPerSecond} steps a second); 1,000: ${reached(perMinute >= 1000)}`,
    );
    console.log(
      `processor time   ${Object.entries(spentMs)
        .map(([name, ms]) => `${name} ${(ms / 1000).toFixed(1)} s`)
        .join(', ')}`,
    );
    console.log(
      `front desk       p50 ${apiMs.p50} ms, p95 ${apiMs.p95} ms of ${apiMs.asked} answers, ${apiMs.refused} refused; 100 ms: ${reached(apiMs.p95 < 100 && apiMs.refused === 0)}`,
    );
  }
} finally {
  await Promise.all(
    children.map(async (child) => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const exited = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGTERM');
      const killing = setTimeout(() => child.kill('SIGKILL'), 10_000);
      await exited;
      clearTimeout(killing);
    }),
  );
  bus.close();
  await store.close();
  await server.stop();
  await rm(folder, { recursive: true, force: true });
}
