import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { restoreStore, openStore, type OpenOptions, type Upgrade } from '../index.ts';
import { makeStore } from '../backup/make-store.ts';
import { inSession } from '../backup/session.ts';
import { migrationsOf } from '../migrations.ts';
import { testPostgres } from '../testing/index.ts';
import { quoted } from './quoted.ts';

const newest = migrationsOf('sqlite').length;
const older = newest - 1;
const drops: (() => Promise<void>)[] = [];
let home: string;
// A name that a shell would take apart.
beforeEach(async () => void (home = await mkdtemp(join(tmpdir(), `hive upgrade's-`))));
afterEach(async () => {
  await Promise.all(drops.splice(0).map((drop) => drop()));
  await rm(home, { recursive: true, force: true });
});

const database = async () => {
  const { url, drop } = await testPostgres({ empty: true });
  drops.push(drop);
  return url;
};
const places = {
  SQLite: () => Promise.resolve<OpenOptions>({ home }),
  PostgreSQL: async (): Promise<OpenOptions> => ({ home, url: await database() }),
};
/** A store as an older Hive left it, with one event. */
const olderStore = async (options: OpenOptions) => {
  await makeStore(options, older);
  await inSession(options, 'change', ({ run }) =>
    run(
      `insert into event (id, type, stream, version, correlation_id, actor, at, data) values ('e', 'system.alert_resolved', 'system', 1, 'c', 'test', '2026-11-21T12:00:00.000Z', '{"alert":"x"}')`,
    ),
  );
};
const schemaOf = (options: OpenOptions) => inSession(options, 'read', ({ schema }) => Promise.resolve(schema));
const kept = () => (existsSync(join(home, 'backups')) ? readdirSync(join(home, 'backups')) : []);

describe.each(Object.entries(places))('on %s', (name, place) => {
  test('an older store is copied before it is migrated, and the way back leads to it', async () => {
    const options = await place();
    await olderStore(options);
    let upgrade: Upgrade | undefined;
    const store = await openStore({ ...options, onUpgrade: (it) => (upgrade = it) });
    expect(await store.event('e')).toMatchObject({ id: 'e' });
    await store.close();
    expect(await schemaOf(options)).toBe(newest);
    if (!upgrade) throw new Error('the upgrade was not told');
    expect(upgrade).toMatchObject({ from: older, to: newest });
    expect(statSync(upgrade.file).mode & 0o777).toBe(0o600);
    expect(kept()).toHaveLength(2);
    const told = readFileSync(join(home, 'backups', kept().find((it) => it.endsWith('.txt')) ?? ''), 'utf8');
    for (const command of upgrade.wayBack) expect(told).toContain(command);

    if (name === 'SQLite') for (const command of upgrade.wayBack) execFileSync('sh', ['-c', command]);
    else {
      expect(upgrade.wayBack[1]).toContain(`hive restore ${quoted(upgrade.file)} --keep-schema`);
      const again = { home, url: await database() };
      await restoreStore(again, upgrade.file, { keepSchema: true });
      Object.assign(options, again);
    }
    expect(await schemaOf(options)).toBe(older);
    const ids = await inSession(options, 'read', ({ run }) => run('select id from event'));
    expect(ids).toEqual([{ id: 'e' }]);
  });

  test('when the copy cannot be made, nothing is migrated', async () => {
    const options = await place();
    await olderStore(options);
    writeFileSync(join(home, 'backups'), 'a file where the folder should be');
    await expect(openStore(options)).rejects.toMatchObject({
      remedy: 'fix_config',
      message: expect.stringMatching(
        /^The store was not upgraded from schema \d+ to \d+, because the backup/,
      ) as string,
    });
    expect(await schemaOf(options)).toBe(older);
    rmSync(join(home, 'backups'));
    await (await openStore(options)).close();
    expect(await schemaOf(options)).toBe(newest);
  });

  test('a process that is killed in the middle of a migration leaves the older store as it was', async () => {
    const options = await place();
    await olderStore(options);
    const child = join(import.meta.dirname, '../testing/migrating-child.ts');
    for (let kills = 0; kills < 2; kills++) {
      const { signal } = spawnSync(process.execPath, [child, JSON.stringify(options)], { stdio: 'inherit' });
      expect(signal).toBe('SIGKILL');
      // The copy of the first attempt serves the second one as well.
      expect(kept()).toHaveLength(2);
      expect(await schemaOf(options)).toBe(older);
    }
    const halves = ['.db.half', '.db.half-journal', '.jsonl.gz.0199'].map((it) => `hive-1-2026-01-01T000000000Z${it}`);
    for (const it of halves) writeFileSync(join(home, 'backups', it), '');
    const store = await openStore(options);
    expect((await store.events({ limit: 10 })).events.map((it) => it.id)).toEqual(['e']);
    await store.close();
    expect(await schemaOf(options)).toBe(newest);
    const isOfOther = (it: string) => it.includes(name === 'SQLite' ? '.jsonl.gz.' : '.db.');
    expect(kept().filter((it) => !isOfOther(it))).toHaveLength(2);
  });

  test('a store whose tables are not those of its schema is refused, and no copy of it piles up', async () => {
    const options = await place();
    await olderStore(options);
    await inSession(options, 'change', ({ run }) => run(`update meta set value = '2' where key = 'schema'`));
    for (let tries = 0; tries < 2; tries++) {
      await expect(openStore(options)).rejects.toMatchObject({
        code: 'store.unavailable',
        remedy: 'fix_config',
        message: expect.stringMatching(
          /is marked as schema 2, and its tables are not those of that schema \(.+\)\. Nothing was changed; restore/,
        ) as string,
        cause: expect.any(Error) as Error,
      });
      expect(await schemaOf(options)).toBe(2);
      expect(kept()).toEqual([]);
    }
  });

  test('a backup of an older schema is restored and brought up to date', async () => {
    const options = await place();
    await olderStore(options);
    const { backupStore } = await import('../backup/backup.ts');
    const made = await backupStore(options, { file: join(home, 'old.gz'), version: '0.0.0' });
    expect(made.schema).toBe(older);
    const target = { home: join(home, 'again'), ...(options.url !== undefined && { url: await database() }) };
    expect((await restoreStore(target, made.file)).content).toBe(made.content);
    expect(await schemaOf(target)).toBe(newest);
    expect(existsSync(join(target.home, 'backups'))).toBe(false);
  });
});

test('a new store is made without a copy of nothing', async () => {
  let told = false;
  await (await openStore({ home, onUpgrade: () => (told = true) })).close();
  expect([told, kept()]).toEqual([false, []]);
});
