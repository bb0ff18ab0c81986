// Who writes to SQLite? Several processes append single rows to one file, each commit on the disk (synchronous = FULL), as fast as they can.
// Prints one line per way of sharing the lock, at full speed and at the pace of a busy Hive: node packages/core-db/bench/sqlite-writers.mjs [seconds] [rounds] [folder].
// Decision: docs/adr/0003-who-writes-to-sqlite.md
import Database from 'better-sqlite3';
import { fork } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { connect as openFile } from '../src/sqlite/connection.ts';
import { createDoorbell } from '../src/sqlite/doorbell.ts';
import { createWriter } from '../src/sqlite/writer.ts';

const text = 'x'.repeat(500);
const turn = () => new Promise((next) => setImmediate(next));

const open = (folder, timeout) => {
  const db = new Database(join(folder, 'bench.db'), { timeout });
  db.pragma('synchronous = FULL');
  return { db, insert: db.prepare('insert into row (writer, text) values (?, ?)') };
};

const retrying = async (db) => {
  for (;;) {
    try {
      return void db.exec('begin immediate');
    } catch (error) {
      if (!String(error.code).startsWith('SQLITE_BUSY')) throw error;
    }
    await sleep(0.3 + Math.random() * 1.7);
  }
};

/** Each way answers a function that appends one row and returns when it is committed. */
const ways = {
  // SQLite waits by itself: up to 100 ms between its looks, with the whole process blocked.
  busy_timeout: (folder, writer) => {
    const { db, insert } = open(folder, 10_000);
    return async () => {
      db.exec('begin immediate');
      insert.run(writer, text);
      db.exec('commit');
      await turn();
    };
  },
  // Look again after 0.3 to 2 ms, with the event loop free.
  retry: (folder, writer) => {
    const { db, insert } = open(folder, 0);
    return async () => {
      await retrying(db);
      insert.run(writer, text);
      db.exec('commit');
      await turn();
    };
  },
  // The same, and whoever sees that others write too leaves the lock alone for a moment after each commit.
  polite: (folder, writer) => {
    const { db, insert } = open(folder, 0);
    const version = db.prepare('pragma data_version').pluck();
    let seen = version.get();
    return async () => {
      await retrying(db);
      insert.run(writer, text);
      const others = version.get();
      db.exec('commit');
      if (others !== seen) await sleep(1 + Math.random());
      else await turn();
      seen = others;
    };
  },
  // What Hive does: whoever writes again and again takes turns, and the hub of the doorbell says whose it is.
  baton: (folder, writer) => {
    const file = join(folder, 'bench.db');
    const { baton } = createDoorbell(join(folder, 'doorbell.sock'), () => false);
    const { write } = createWriter(openFile(file, { readonly: false }), file, { baton });
    const row = { sql: 'insert into row (writer, text) values (?, ?)', values: [writer, text] };
    return () => write({ act: (transaction) => transaction.change(row) });
  },
  // One process owns the file; the others send it their rows through a unix socket. It commits what has arrived together.
  owner: async (folder, writer) => {
    const socket = join(folder, 'owner.sock');
    if (writer > 0) {
      let line = null;
      while (!line) {
        const tried = connect(socket);
        line = await new Promise((found) => {
          tried.once('connect', () => found(tried));
          tried.once('error', () => found(null));
        });
        if (!line) await sleep(10);
      }
      const answers = [];
      line.on('data', (bytes) => {
        for (const _ of bytes) answers.shift()?.();
      });
      return () =>
        new Promise((done) => {
          answers.push(done);
          line.write(`${JSON.stringify([writer, text])}\n`);
        });
    }
    const { db, insert } = open(folder, 0);
    let waiting = [];
    const flush = () => {
      const batch = waiting;
      waiting = [];
      db.exec('begin immediate');
      for (const { row } of batch) insert.run(...row);
      db.exec('commit');
      for (const { done } of batch) done();
    };
    const append = (row) =>
      new Promise((done) => {
        waiting.push({ row, done });
        if (waiting.length === 1) setImmediate(flush);
      });
    createServer((guest) => {
      let rest = '';
      guest.on('error', () => {});
      guest.on('data', (bytes) => {
        const lines = (rest + bytes).split('\n');
        rest = lines.pop();
        for (const it of lines) append(JSON.parse(it)).then(() => guest.write('.'));
      });
    }).listen(socket);
    return () => append([0, text]);
  },
};

const child = async (way, folder, writer, seconds, pauseMs) => {
  const append = await ways[way](folder, writer);
  process.send('ready');
  await new Promise((go) => process.once('message', go));
  const waits = [];
  const end = performance.now() + seconds * 1000;
  for (let now = performance.now(); now < end;) {
    await append();
    const after = performance.now();
    waits.push(after - now);
    if (pauseMs > 0) await sleep(Math.random() * 2 * pauseMs);
    now = pauseMs > 0 ? performance.now() : after;
  }
  process.send(waits);
};

const measure = async (way, { place, writers, seconds, pauseMs }) => {
  const folder = mkdtempSync(join(place, 'hive-bench-'));
  const db = new Database(join(folder, 'bench.db'));
  db.pragma('journal_mode = WAL');
  db.exec('create table row (id integer primary key autoincrement, writer integer, text text) strict');
  const children = Array.from({ length: writers }, (_, i) =>
    fork(fileURLToPath(import.meta.url), ['child', way, folder, i, seconds, pauseMs]),
  );
  const next = (it) => new Promise((said) => it.once('message', said));
  await Promise.all(children.map(next));
  const all = children.map(next);
  for (const it of children) it.send('go');
  const waits = await Promise.all(all);
  for (const it of children) it.kill();
  const rows = db.prepare('select count(*) from row').pluck().get();
  db.close();
  rmSync(folder, { recursive: true });
  const sorted = waits.flat().sort((a, b) => a - b);
  if (rows < sorted.length) throw new Error(`${sorted.length - rows} rows are missing`);
  const per = waits.map((it) => it.length);
  return {
    rate: sorted.length / seconds,
    p50: sorted[Math.floor(sorted.length * 0.5)],
    p99: sorted[Math.floor(sorted.length * 0.99)],
    worst: sorted.at(-1),
    least: Math.min(...per) / Math.max(...per),
  };
};

const median = (numbers) => numbers.sort((a, b) => a - b)[Math.floor(numbers.length / 2)];

if (process.argv[2] === 'child') {
  const [way, folder, ...numbers] = process.argv.slice(3);
  await child(way, folder, ...numbers.map(Number));
} else {
  const [seconds, rounds] = [Number(process.argv[2] ?? 3), Number(process.argv[3] ?? 3)];
  const place = process.argv[4] ?? tmpdir();
  console.log(`${seconds} s, median of ${rounds} rounds (worst: of all rounds), load ${loadavg()[0].toFixed(1)}`);
  console.log('| writers | way | commits/s | p50 ms | p99 ms | worst ms | slowest / fastest writer |');
  console.log('|---|---|---|---|---|---|---|');
  for (const [writers, pauseMs, label] of [
    [1, 0, '1'],
    [2, 0, '2'],
    [6, 0, '6'],
    [6, 50, '6, 20/s each'],
  ]) {
    const found = Object.fromEntries(Object.keys(ways).map((way) => [way, []]));
    for (let round = 0; round < rounds; round++)
      for (const way of process.env.WAYS?.split(',') ?? Object.keys(ways))
        found[way].push(await measure(way, { place, writers, seconds, pauseMs }));
    for (const [way, all] of Object.entries(found)) {
      const of = (key, digits) => median(all.map((it) => it[key])).toFixed(digits);
      const worst = Math.max(...all.map((it) => it.worst)).toFixed(0);
      console.log(
        `| ${label} | ${way} | ${of('rate', 0)} | ${of('p50', 2)} | ${of('p99', 1)} | ${worst} | ${of('least', 2)} |`,
      );
    }
  }
}
