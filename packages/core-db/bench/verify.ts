/**
 * Fills a store with a million made-up events and lets `verify` check it: how long each invariant takes, and how much memory the process
 * that asks needs at most. While it checks, a writer goes on, and its slowest write is told.
 *
 *   node packages/core-db/bench/verify.ts [--events N] [--sqlite] [--postgres] [--durable] [--json]
 *
 * PostgreSQL is the one of HIVE_TEST_PG_URL, else one that is started for the purpose.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Worker, isMainThread, parentPort, workerData } from 'node:worker_threads';
import { parseArgs } from 'node:util';
import { openStore, type OpenOptions } from '../src/open-store.ts';
import { onServer, inDatabase } from '../src/testing/postgres-databases.ts';
import { startPostgres } from '../src/testing/postgres-server.ts';
import { sampleWrite } from '../src/testing/samples.ts';
import { fillPostgres, fillSqlite, type Filler } from './fill-store.ts';
import { growLog } from './grow-log.ts';

const seconds = (ms: number): string => (ms / 1000).toFixed(2).padStart(7);

/** Writes twenty times a second in a thread of its own until it is told to stop, and answers its slowest write. */
const writeOn = async (options: OpenOptions): Promise<void> => {
  const store = await openStore(options);
  let slowest = 0;
  let writes = 0;
  let live = true;
  parentPort?.once('message', () => (live = false));
  while (live) {
    const began = performance.now();
    const stream = `box/b${writes++}`;
    await store.write(sampleWrite(stream, 0, { head: { view: { last: 'system.alert_resolved' } } }));
    slowest = Math.max(slowest, performance.now() - began);
    await sleep(50);
  }
  await store.close();
  parentPort?.postMessage({ slowest, writes });
};

const measure = async (name: string, options: OpenOptions, filler: Filler, events: number) => {
  let made = 0;
  const began = performance.now();
  for (const grown of growLog(events, Date.UTC(2026, 0, 1))) {
    await filler.add(grown);
    made += grown.events.length;
  }
  await filler.close();
  const filledMs = performance.now() - began;
  const writer = new Worker(new URL(import.meta.url), { workerData: options });
  const store = await openStore({ ...options, readonly: true });
  const before = loadavg()[0] ?? 0;
  let peak = 0;
  const watch = setInterval(() => (peak = Math.max(peak, process.memoryUsage.rss())), 20);
  const start = performance.now();
  const reports = await store.verify();
  const ms = performance.now() - start;
  clearInterval(watch);
  peak = Math.max(peak, process.memoryUsage.rss());
  const wrote = new Promise<{ slowest: number; writes: number }>((told) => writer.once('message', told));
  writer.postMessage('stop');
  const { slowest, writes } = await wrote;
  await writer.terminate();
  const about = await store.about();
  await store.close();
  return {
    name,
    version: about.version,
    events: made,
    filledMs,
    ms,
    peakMb: peak / 2 ** 20,
    slowestWriteMs: slowest,
    writes,
    load: before,
    reports,
  };
};

const main = async () => {
  const { values } = parseArgs({
    options: {
      events: { type: 'string', default: '1000000' },
      sqlite: { type: 'boolean' },
      postgres: { type: 'boolean' },
      json: { type: 'boolean' },
    },
  });
  const events = Number(values.events);
  const both = !values.sqlite && !values.postgres;
  const results: Awaited<ReturnType<typeof measure>>[] = [];
  if (values.sqlite || both) {
    const home = await mkdtemp(join(tmpdir(), 'hive-bench-verify-'));
    await (await openStore({ home })).close();
    results.push(await measure('SQLite', { home }, fillSqlite(home), events));
    await rm(home, { recursive: true, force: true });
  }
  if (values.postgres || both) {
    const server = await startPostgres(process.env['HIVE_TEST_PG_URL']);
    const database = `hive_bench_verify_${process.pid}`;
    try {
      await onServer(server.url, `create database ${database}`);
      const options = { url: inDatabase(server.url, database), home: '' };
      await (await openStore(options)).close();
      results.push(await measure('PostgreSQL', options, await fillPostgres(options.url), events));
      await onServer(server.url, `drop database ${database} with (force)`);
    } finally {
      await server.stop();
    }
  }
  if (values.json) return console.log(JSON.stringify(results, null, 2));
  for (const { name, version, reports, ...it } of results) {
    console.log(
      `\n${name} (${version}), ${it.events} events, ${cpus().length} cores, load ${it.load.toFixed(1)} at the start`,
    );
    console.log(
      `filled in ${seconds(it.filledMs)} s; verified in ${seconds(it.ms)} s; peak memory ${it.peakMb.toFixed(0)} MB`,
    );
    console.log(`meanwhile ${it.writes} writes, the slowest ${it.slowestWriteMs.toFixed(0)} ms`);
    for (const report of reports) {
      console.log(
        `${String(report.number).padStart(4)}  ${report.status.padEnd(18)} ${seconds(report.ms)} s  ${report.name}`,
      );
      for (const offender of report.offenders.slice(0, 3)) console.log(`        ${offender}`);
    }
  }
};

await (isMainThread ? main() : writeOn(workerData as OpenOptions));
