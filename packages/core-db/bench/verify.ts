/**
 * Fills a store with a million made-up events, seals them, and lets `verify` check it in a process of its own: how long each invariant
 * takes, and how much memory that process needs at most. A second process goes on writing meanwhile; its slowest turn is told beside
 * the slowest of the same time without anybody checking.
 *
 *   node packages/core-db/bench/verify.ts [--events N] [--sqlite] [--postgres] [--json]
 *
 * PostgreSQL is the one of HIVE_TEST_PG_URL, else one that is started for the purpose and does not wait for the disk.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { auditFiles } from '../src/audit/audit-files.ts';
import { readTrail } from '../src/audit/read-trail.ts';
import { createSealer } from '../src/audit/sealer.ts';
import { openStore, type OpenOptions } from '../src/open-store.ts';
import type { InvariantReport } from '../src/port.ts';
import { inDatabase, onServer } from '../src/testing/postgres-databases.ts';
import { startPostgres } from '../src/testing/postgres-server.ts';
import { writeSampleTraces } from '../src/testing/sample-traces.ts';
import { fillPostgres, fillSqlite, type Filler } from '../src/testing/made-up/fill-store.ts';
import { growLog } from '../src/testing/made-up/grow-log.ts';

type Checked = {
  readonly version: string;
  readonly ms: number;
  readonly processorMs: number;
  readonly peakMb: number;
  readonly reports: readonly InvariantReport[];
};
type Wrote = { readonly slowestMs: number; readonly writes: number };

const check = async (options: OpenOptions): Promise<Checked> => {
  const store = await openStore({ ...options, readonly: true });
  const { version } = await store.about();
  const used = process.cpuUsage();
  const began = performance.now();
  const audit = await readTrail({ ...auditFiles(options.home), copied: false });
  const reports = await store.verify({ audit });
  const ms = performance.now() - began;
  const { user, system } = process.cpuUsage(used);
  await store.close();
  return { version, ms, processorMs: (user + system) / 1000, peakMb: process.resourceUsage().maxRSS / 1024, reports };
};

/** Writes a trace and claims its step, twenty times a second until it is told to stop. */
const write = async (options: OpenOptions): Promise<Wrote> => {
  const store = await openStore(options);
  const stop = new AbortController();
  process.once('message', () => stop.abort());
  let [slowestMs, writes] = [0, 0];
  while (!stop.signal.aborted) {
    const began = performance.now();
    await writeSampleTraces(store, 1, 1);
    writes += 1;
    slowestMs = Math.max(slowestMs, performance.now() - began);
    await sleep(50);
  }
  await store.close();
  return { slowestMs, writes };
};

const roles = { check, write };

/** Starts a role as a process of its own; `tell` asks it to come to an end. */
const start = <R extends keyof typeof roles>(role: R, options: OpenOptions) => {
  const child = fork(import.meta.filename, ['--role', role, '--options', JSON.stringify(options)]);
  const answer = once(child, 'message').then(([it]) => it as Awaited<ReturnType<(typeof roles)[R]>>);
  return { answer, tell: () => void child.send('stop') };
};

const writingFor = async (options: OpenOptions, meanwhile: () => Promise<unknown>): Promise<Wrote> => {
  const writer = start('write', options);
  await meanwhile();
  writer.tell();
  return writer.answer;
};

const seal = async (options: OpenOptions): Promise<number> => {
  const store = await openStore({ ...options, readonly: true });
  const sealer = createSealer({ store, home: options.home, record: async () => {} });
  const began = performance.now();
  while (await sealer.seal());
  await store.close();
  return performance.now() - began;
};

const measure = async (name: string, options: OpenOptions, filler: Filler, count: number) => {
  await (await openStore(options)).close();
  let events = 0;
  const began = performance.now();
  for (const grown of growLog(count, Date.UTC(2026, 0, 1))) {
    await filler.add(grown);
    events += grown.events.length;
  }
  await filler.close();
  const filledMs = performance.now() - began;
  const sealedMs = await seal(options);
  const load = loadavg()[0] ?? 0;
  let checked: Checked | undefined;
  const wrote = await writingFor(options, async () => (checked = await start('check', options).answer));
  const alone = await writingFor(options, () => sleep(Math.min(10_000, checked?.ms ?? 0)));
  if (!checked) throw new Error('the check did not answer');
  return { name, events, filledMs, sealedMs, load, wrote, alone, ...checked };
};

const main = async () => {
  const { values } = parseArgs({
    options: {
      events: { type: 'string', default: '1000000' },
      sqlite: { type: 'boolean' },
      postgres: { type: 'boolean' },
      json: { type: 'boolean' },
      role: { type: 'string' },
      options: { type: 'string' },
    },
  });
  if (values.role) {
    const answer = await roles[values.role as keyof typeof roles](JSON.parse(values.options ?? '{}') as OpenOptions);
    process.send?.(answer, () => process.exit(0));
    return;
  }
  const both = !values.sqlite && !values.postgres;
  const home = await mkdtemp(join(tmpdir(), 'hive-bench-verify-'));
  const results: Awaited<ReturnType<typeof measure>>[] = [];
  const keep = (result: Awaited<ReturnType<typeof measure>>) => {
    results.push(result);
    if (!values.json) print(result);
  };
  if (values.sqlite || both) {
    await (await openStore({ home })).close();
    keep(await measure('SQLite', { home }, fillSqlite(home), Number(values.events)));
    await rm(home, { recursive: true, force: true });
  }
  if (values.postgres || both) {
    const server = await startPostgres(process.env['HIVE_TEST_PG_URL']);
    const database = `hive_bench_verify_${process.pid}`;
    try {
      await onServer(server.url, `create database ${database}`);
      const options = { url: inDatabase(server.url, database), home };
      await (await openStore(options)).close();
      keep(await measure('PostgreSQL', options, await fillPostgres(options.url), Number(values.events)));
      await onServer(server.url, `drop database ${database} with (force)`);
    } finally {
      await server.stop();
    }
  }
  await rm(home, { recursive: true, force: true });
  if (values.json) console.log(JSON.stringify(results, null, 2));
};

const seconds = (ms: number): string => `${(ms / 1000).toFixed(2)} s`;

const print = (it: Awaited<ReturnType<typeof measure>>) => {
  console.log(`\n${it.version}: ${it.events} events, ${cpus().length} cores, load ${it.load.toFixed(1)} at the start`);
  console.log(`filled in ${seconds(it.filledMs)}, sealed in ${seconds(it.sealedMs)}`);
  console.log(
    `verified in ${seconds(it.ms)}, of which ${seconds(it.processorMs)} of processor time in the process that checks; peak memory ${it.peakMb.toFixed(0)} MB`,
  );
  console.log(
    `${it.wrote.writes} writes meanwhile, the slowest ${it.wrote.slowestMs.toFixed(0)} ms; alone ${it.alone.slowestMs.toFixed(0)} ms`,
  );
  for (const { number, status, ms, name, offenders } of it.reports) {
    console.log(`${String(number).padStart(4)}  ${status.padEnd(18)} ${seconds(ms).padStart(8)}  ${name}`);
    for (const offender of offenders.slice(0, 3)) console.log(`        ${offender}`);
  }
};

await main();
