/**
 * `npx nx bench bus`: Hive's log and queue beside pg-boss and graphile-worker, on one PostgreSQL with default durability, and alone on SQLite.
 *
 *   --only drain,enqueue   rows whose names begin so           --rounds 5    how often each is measured
 *   --quick                small and once: does it all work?   --large       also a log of ten million events
 *   --postgres URL         a server to make databases in       --json FILE   the figures for programs
 *
 * Exits with 1 when a target that was measured is not reached and `--strict` is given.
 */
import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { startOwnPostgres } from '@hive/core-db/testing';
import { onPostgresServer, onSqliteFile } from './commit-latency.ts';
import { lookAround } from './machine.ts';
import { jsonOf, reportOf, textOf, type RowReport } from './report.ts';
import { rowsOf } from './rows.ts';
import { runRow } from './run-row.ts';

const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    rounds: { type: 'string' },
    quick: { type: 'boolean', default: false },
    large: { type: 'boolean', default: false },
    strict: { type: 'boolean', default: false },
    postgres: { type: 'string' },
    json: { type: 'string' },
  },
});
const scale = { quick: values.quick, large: values.large };
const wanted = values.only?.split(',');
const rows = rowsOf(scale).filter((row) => !wanted || wanted.some((name) => row.name.startsWith(name)));
if (rows.length === 0)
  throw new Error(
    `no row begins with ${values.only ?? ''}; there are ${rowsOf(scale)
      .map((row) => row.name)
      .join(', ')}`,
  );

const say = (line: string): void => void process.stderr.write(`${line}\n`);

const own = rows.some((row) => row.database === 'postgres') && !values.postgres ? await startOwnPostgres() : null;
const server = values.postgres ?? own?.url ?? null;
const [onServer, onFile] = [server === null ? null : await onPostgresServer(server), await onSqliteFile()];
try {
  const machine = await lookAround(server);
  const reports: RowReport[] = [];
  for (const row of rows) {
    const rounds = values.quick ? 1 : (row.rounds ?? Number(values.rounds ?? 5));
    const isOnServer = row.database === 'postgres';
    const ground = {
      server: isOnServer ? server : null,
      commitLatency: isOnServer && onServer ? onServer : onFile,
      scale,
      say,
    };
    reports.push(reportOf(row, await runRow(row, rounds, ground)));
    if (values.json) await writeFile(values.json, jsonOf(machine, reports));
  }
  console.log(textOf(machine, reports));
  if (values.strict && reports.some((it) => it.verdicts.some((verdict) => verdict.reached === false)))
    process.exitCode = 1;
} finally {
  await onServer?.close();
  await onFile.close();
  await own?.stop();
}
