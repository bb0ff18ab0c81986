import { cpus, totalmem } from 'node:os';
import Database from 'better-sqlite3';
import { onPostgres } from './postgres.ts';

/** What figures are to be read beside. */
export type Machine = {
  readonly cores: number;
  readonly cpu: string;
  readonly memoryGb: number;
  readonly node: string;
  readonly sqlite: string;
  /** null when no row needs it. */
  readonly postgres: string | null;
  /** Settings that decide how durable and how fast the server is. */
  readonly settings: Readonly<Record<string, string>>;
};

const told = ['fsync', 'synchronous_commit', 'full_page_writes', 'shared_buffers', 'max_wal_size', 'wal_segment_size'];

/** Looks at this machine and, when there is one, at the server. */
export const lookAround = async (url: string | null): Promise<Machine> => {
  const db = new Database(':memory:');
  const sqlite = db.prepare('select sqlite_version()').pluck().get();
  db.close();
  const [[version] = [null]] = url === null ? [] : await onPostgres(url, 'show server_version');
  const names = told.map((name) => `'${name}'`).join(', ');
  const settings =
    url === null
      ? []
      : await onPostgres(
          url,
          `select name, current_setting(name) from pg_settings where name in (${names}) order by name`,
        );
  return {
    cores: cpus().length,
    cpu: cpus()[0]?.model ?? 'unknown',
    memoryGb: Math.round(totalmem() / 2 ** 30),
    node: process.version,
    sqlite: String(sqlite),
    postgres: version === null ? null : String(version),
    settings: Object.fromEntries(settings.map(([name, value]) => [String(name), String(value)])),
  };
};
