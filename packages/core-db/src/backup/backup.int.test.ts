import Database from 'better-sqlite3';
import { spawnSync } from 'node:child_process';
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  backupStore,
  createArtefacts,
  createSealer,
  openStore,
  restoreStore,
  type OpenOptions,
  type Store,
} from '../index.ts';
import { sampleWrite, testPostgres } from '../testing/index.ts';
import { onServer } from '../testing/postgres-databases.ts';
import { writeSampleTraces } from '../testing/sample-traces.ts';
import { contentHashOf } from './content.ts';
import { withFile } from './files.ts';
import { inSession } from './session.ts';

let folder: string;
const opened: Store[] = [];
const drops: (() => Promise<void>)[] = [];
beforeEach(async () => void (folder = await mkdtemp(join(tmpdir(), 'hive-backup-'))));
afterEach(async () => {
  await Promise.all(opened.splice(0).map((it) => it.close()));
  await Promise.all(drops.splice(0).map((drop) => drop()));
  await rm(folder, { recursive: true, force: true });
});

const places = {
  SQLite: () => Promise.resolve<OpenOptions>({ home: join(folder, randomUUID()) }),
  PostgreSQL: async (): Promise<OpenOptions> => {
    const { url, drop } = await testPostgres();
    drops.push(drop);
    return { url, home: join(folder, randomUUID()) };
  },
};
type Where = keyof typeof places;
const wheres = Object.keys(places) as Where[];

const open = async (options: OpenOptions): Promise<Store> => {
  const store = await openStore(options);
  opened.push(store);
  return store;
};
const filled = async (where: Where, traces = 12) => {
  const options = await places[where]();
  const store = await open(options);
  await writeSampleTraces(store, traces);
  return { options, store };
};
const backup = (options: OpenOptions, name = 'a.gz') =>
  backupStore(options, { file: join(folder, name), version: '0.0.0' });
/** A backup in which the last row of the last table is missing, which shows only when all others were taken in. */
const withoutLastRow = (file: string): string => {
  const lines = gunzipSync(readFileSync(file)).toString().split('\n');
  const last = lines.findLastIndex((it) => it.startsWith('['));
  const body = [...lines.slice(0, last), ...lines.slice(last + 1, -2)].map((it) => `${it}\n`).join('');
  const end = JSON.parse(lines.at(-2) ?? '') as object;
  const trailer = { ...end, sha256: createHash('sha256').update(body).digest('hex') };
  const short = join(folder, 'short.gz');
  writeFileSync(short, gzipSync(`${body}${JSON.stringify(trailer)}\n`));
  return short;
};
const brokenIn = async (store: Store) => (await store.verify()).filter((it) => it.status === 'broken');
const idsOf = async (store: Store) => (await store.events({ limit: 10_000 })).events.map((it) => it.id);

describe.each(wheres.flatMap((from) => wheres.map((to) => [from, to] as const)))('from %s to %s', (from, to) => {
  test('what is restored is equal: the log in its order, the rows beside it, artefacts, leases; and it can be written to', async () => {
    const { options, store } = await filled(from);
    const [first, second] = (await store.events({ limit: 2 })).events;
    if (!first || !second) throw new Error('the samples have events');
    await store.subscription('begun', 'origin');
    await store.subscription('done', 'end');
    await store.subscription('two', 'origin');
    await store.write({
      events: [],
      heads: [],
      cursor: { name: 'two', from: { xid: '0', position: 0 }, to: second.cursor },
      deadLetter: { subscription: 'two', eventId: first.id, error: 'poison', attempts: 5 },
    });
    const artefacts = createArtefacts(options.home);
    const large = Buffer.alloc(700_001, 'x\u0000y');
    const hashes = [await artefacts.put('evidence'), await artefacts.put(large), await artefacts.put('')];
    await mkdir(join(options.home, 'audit'));
    for (const name of ['checkpoints.jsonl', 'key.pem', 'lock'])
      writeFileSync(join(options.home, 'audit', name), '{}\n');

    const made = await backup(options);
    const target = await places[to]();
    const restored = await restoreStore(target, made.file);
    expect(restored).toEqual({ ...made, isAuditKeyMissing: true, auditMovedTo: null });
    expect(made).toMatchObject({
      artefacts: 3,
      damaged: [],
      rows: { event: 84, stream_head: 24, step: 12, subscription: 3, dead_letter: 1 },
    });
    const [was, is] = await Promise.all([options, target].map((it) => inSession(it, 'read', contentHashOf)));
    expect(was).toBe(made.content);
    expect(is).toBe(made.content);

    const copy = await open(target);
    expect(await brokenIn(copy)).toEqual([]);
    expect(await idsOf(copy)).toEqual(await idsOf(store));
    const bytes = await Promise.all(hashes.map((hash) => createArtefacts(target.home).get(hash)));
    expect(bytes.map((it) => it?.length)).toEqual([8, large.length, 0]);
    expect(readFileSync(join(target.home, 'audit/checkpoints.jsonl'), 'utf8')).toBe('{}\n');
    expect(readdirSync(join(target.home, 'audit'))).toEqual(['checkpoints.jsonl']);

    // Subscriptions go on where they were, counters and guards let new rows in.
    const { cursor } = (await copy.subscriptions()).find((it) => it.name === 'two') ?? {};
    const next = await copy.events({ ...(cursor && { after: cursor }), limit: 1 });
    expect(next.events[0]?.id).toBe((await idsOf(store))[2]);
    const [step] = await copy.steps({ states: ['claimed'], limit: 1 });
    const [head] = [...(await copy.heads([`task/${step?.taskId ?? ''}`])).heads.values()];
    if (!head || !step) throw new Error('a claimed step and its head were restored');
    expect(step).toEqual((await store.steps({ ids: [step.id], limit: 1 }))[0]);
    const more = sampleWrite(head.stream, head.version, {
      events: [{ type: 'task.lease_expired', correlationId: head.correlationId, causationId: head.lastEventId }],
      head: { ...head, version: head.version + 1 },
      changeSteps: [{ id: step.id, expect: { state: 'claimed', token: 1 }, set: { state: 'ready' } }],
    });
    expect(await copy.write(more)).toMatchObject({ status: 'written' });
    expect((await idsOf(copy)).at(-1)).toBe(more.events[0]?.id);
  });
});

describe.each(wheres)('on %s', (where) => {
  test('a store that is written to meanwhile gives one consistent moment', async () => {
    const { options, store } = await filled(where, 200);
    let isDone = false;
    let written = 0;
    const writing = (async () => {
      for (; !isDone; written++) await writeSampleTraces(store, 1);
    })();
    const made = await backup(options);
    isDone = true;
    await writing;
    expect(made.rows['event']).toBeLessThan(7 * (200 + written));
    const target = await places[where]();
    await restoreStore(target, made.file);
    const copy = await open(target);
    expect(await brokenIn(copy)).toEqual([]);
    const ids = await idsOf(copy);
    expect(ids).toEqual((await idsOf(store)).slice(0, ids.length));
  });

  test('a store that holds anything is not restored into', async () => {
    const { options } = await filled(where, 1);
    const made = await backup(options);
    await expect(restoreStore(options, made.file)).rejects.toMatchObject({
      code: 'input.state',
      message: expect.stringMatching(/is not empty; restore into a new/) as string,
    });
    expect((await backup(options, 'b.gz')).content).toBe(made.content);
  });

  test('an older backup in the same home: the audit of what came later is kept aside, and the chain goes on', async () => {
    const { options, store } = await filled(where);
    const seal = (of: Store) =>
      createSealer({ store: of, home: options.home, record: () => Promise.resolve(), everyEvents: 1 }).seal();
    expect(await seal(store)).toBeGreaterThan(0);
    const made = await backup(options);
    await writeSampleTraces(store, 3);
    expect(await seal(store)).toBeGreaterThan(0);
    await Promise.all(opened.splice(0).map((it) => it.close()));
    const audit = join(options.home, 'audit');
    const later = readFileSync(join(audit, 'checkpoints.jsonl'), 'utf8');
    for (const end of ['', '-wal', '-shm']) await rm(join(options.home, `hive.db${end}`), { force: true });
    const again = where === 'SQLite' ? options : { ...(await places[where]()), home: options.home };

    await expect(restoreStore(again, withoutLastRow(made.file))).rejects.toMatchObject({ code: 'input.invalid' });
    // What fails leaves the audit as it was.
    expect(readFileSync(join(audit, 'checkpoints.jsonl'), 'utf8')).toBe(later);
    const restored = await restoreStore(again, made.file);

    expect(restored).toMatchObject({ auditMovedTo: `${audit}-before-restore`, isAuditKeyMissing: false });
    expect(readFileSync(join(`${audit}-before-restore`, 'checkpoints.jsonl'), 'utf8')).toBe(later);
    const copy = await open(again);
    await writeSampleTraces(copy, 2);
    expect(await seal(copy)).toBeGreaterThan(0);
    expect(await brokenIn(copy)).toEqual([]);
  });

  test('a failure in the middle leaves the store empty', async () => {
    const { options } = await filled(where);
    const made = await backup(options);
    const short = withoutLastRow(made.file);
    const target = await places[where]();
    await expect(restoreStore(target, short)).rejects.toMatchObject({
      code: 'input.invalid',
      message: expect.stringMatching(/is damaged \(trace has 11 of 12 rows\)/) as string,
    });
    expect(where === 'SQLite' && existsSync(join(target.home, 'hive.db'))).toBe(false);
    await restoreStore(target, made.file);
    expect(await brokenIn(await open(target))).toEqual([]);
  });
});

test('an artefact with other content than its name says is left out and named; the others are restored', async () => {
  const { options } = await filled('SQLite', 2);
  const artefacts = createArtefacts(options.home);
  const [good, bad] = [await artefacts.put('good'), await artefacts.put('bad')];
  const path = `artefacts/${bad.slice(0, 2)}/${bad}`;
  writeFileSync(join(options.home, path), 'changed');

  const made = await backup(options);
  expect(made).toMatchObject({ artefacts: 1, damaged: [path] });
  const target = await places.SQLite();
  await restoreStore(target, made.file);
  expect((await createArtefacts(target.home).get(good))?.toString()).toBe('good');
});

test('a backup that was made with such an artefact is restored without it', async () => {
  const { options } = await filled('SQLite', 1);
  const hash = await createArtefacts(options.home).put('evidence');
  const { file } = await backup(options);
  const path = `artefacts/${hash.slice(0, 2)}/${hash}`;
  const whole = gunzipSync(readFileSync(file)).toString();
  writeFileSync(join(folder, 'lie.gz'), gzipSync(withHash(whole.replace('"ZXZpZGVuY2U="', '"bGllcw=="'))));

  const target = await places.SQLite();
  expect(await restoreStore(target, join(folder, 'lie.gz'))).toMatchObject({ artefacts: 0, damaged: [path] });
  expect(existsSync(join(target.home, path))).toBe(false);
});

test('a file that is collected while it is copied is copied whole, and one that was collected before is not there', async () => {
  const { options } = await filled('SQLite', 1);
  const hash = await createArtefacts(options.home).put('forgotten');
  const path = `artefacts/${hash.slice(0, 2)}/${hash}`;
  const copied = await withFile(options.home, { path, bytes: Infinity }, async ({ isWhole, pieces }) => {
    await rm(join(options.home, path));
    const texts: string[] = [];
    for await (const piece of pieces()) texts.push(Buffer.from(piece, 'base64').toString());
    return { isWhole, text: texts.join('') };
  });
  expect(copied).toEqual({ isWhole: true, text: 'forgotten' });
  expect(await withFile(options.home, { path, bytes: Infinity }, () => Promise.resolve('read'))).toBeNull();
});

test('a restore that fails takes away what it brought along, and nothing else', async () => {
  const { options } = await filled('SQLite', 2);
  const artefacts = createArtefacts(options.home);
  for (let n = 0; n < 20; n++) await artefacts.put(`artefact ${n}`);
  await mkdir(join(options.home, 'audit'));
  writeFileSync(join(options.home, 'audit', 'checkpoints.jsonl'), '{}\n');
  const { file } = await backup(options);
  const target = await places.SQLite();
  const own = await createArtefacts(target.home).put('its own');
  const before = readdirSync(target.home, { recursive: true }).sort();

  await expect(restoreStore(target, withoutLastRow(file))).rejects.toMatchObject({ code: 'input.invalid' });
  expect(readdirSync(target.home, { recursive: true }).sort()).toEqual(before);
  expect((await createArtefacts(target.home).get(own))?.toString()).toBe('its own');
});

test('positions that do not grow along the log are counted anew, others stay', async () => {
  const { options, store } = await filled('PostgreSQL', 2);
  const kept = await places.SQLite();
  const holes = `select setval(pg_get_serial_sequence('event', 'position'), 100)`;
  await onServer(options.url ?? '', holes);
  await writeSampleTraces(store, 1);
  await restoreStore(kept, (await backup(options)).file);
  const positions = async (it: Store) => (await it.events({ limit: 100 })).events.map((event) => event.position);
  expect(await positions(await open(kept))).toEqual(await positions(store));
  expect((await positions(store)).at(-1)).toBe(107);

  // As when a sequence was taken before another transaction, and committed after it.
  await onServer(options.url ?? '', `select setval(pg_get_serial_sequence('event', 'position'), 50)`);
  await writeSampleTraces(store, 1);
  const counted = await places.SQLite();
  await restoreStore(counted, (await backup(options, 'b.gz')).file);
  const copy = await open(counted);
  expect(await positions(copy)).toEqual(Array.from({ length: 28 }, (_, i) => i + 1));
  expect(await idsOf(copy)).toEqual(await idsOf(store));
});

test('none but the owner may read a backup, and a name that is taken is refused', async () => {
  const { options } = await filled('SQLite', 1);
  const made = await backup(options);
  expect(statSync(made.file).mode & 0o777).toBe(0o600);
  await expect(backup(options)).rejects.toMatchObject({ code: 'input.invalid' });
  await expect(backup(options, 'none/a.gz')).rejects.toMatchObject({ code: 'input.invalid' });
  await expect(backup({ home: join(folder, 'nowhere') }, 'b.gz')).rejects.toMatchObject({ code: 'store.unavailable' });
  expect(readdirSync(folder).filter((it) => /[ab]\.gz/.test(it))).toEqual(['a.gz']);
});

test('a disk that fills up leaves no half of a backup', async () => {
  const { options } = await filled('SQLite', 1);
  await createArtefacts(options.home).put(randomBytes(400_000));
  const to = join(folder, 'full');
  await mkdir(to);
  const child = join(import.meta.dirname, '../testing/backup-child.ts');
  // No file of this process may grow beyond 100 kB, which ends a write like a full disk.
  const limited = ['-c', 'ulimit -f 200; exec "$@"', 'sh', process.execPath, child, JSON.stringify(options)];
  const ended = spawnSync('sh', [...limited, join(to, 'a.gz')], { encoding: 'utf8' });
  expect(JSON.parse(ended.stdout)).toMatchObject({ code: 'infra.disk' });
  expect(readdirSync(to)).toEqual([]);
});

test('a damaged or truncated file, another program’s and one of a newer Hive are refused before anything is made', async () => {
  const { options } = await filled('SQLite', 30);
  const { file } = await backup(options);
  const whole = gunzipSync(readFileSync(file)).toString();
  const variants: Record<string, Buffer | string> = {
    flipped: gzipSync(whole.replace('Grüße', 'Grüsse')),
    endless: gzipSync(whole.slice(0, whole.lastIndexOf('{"end"'))),
    other: gzipSync('{"a":1}\n'),
    plain: 'not compressed',
    empty: '',
    newer: gzipSync(whole.replace('"format":1', '"format":2')),
    future: gzipSync(withHash(whole.replace(/"schema":\d+/, '"schema":99'))),
  };
  for (const [name, bytes] of Object.entries(variants)) writeFileSync(join(folder, name), bytes);
  writeFileSync(join(folder, 'cut'), readFileSync(file));
  truncateSync(join(folder, 'cut'), statSync(file).size - 9);
  const target = await places.SQLite();
  const refusal = (name: string) => restoreStore(target, join(folder, name)).catch((error: unknown) => error);
  for (const name of ['flipped', 'endless', 'cut', 'plain', 'empty'])
    expect([name, await refusal(name)]).toEqual([
      name,
      expect.objectContaining({ code: 'input.invalid', message: expect.stringContaining(' is damaged (') }),
    ]);
  expect(await refusal('other')).toMatchObject({
    code: 'input.invalid',
    message: expect.stringContaining('is no backup'),
  });
  expect(await refusal('nowhere')).toMatchObject({ code: 'input.invalid' });
  for (const name of ['newer', 'future']) expect(await refusal(name)).toMatchObject({ code: 'store.newer' });
  expect(existsSync(target.home)).toBe(false);
});

test('a file that names a place outside of the home writes nothing there', async () => {
  const { options } = await filled('SQLite', 1);
  await createArtefacts(options.home).put('evidence');
  const { file } = await backup(options);
  const whole = gunzipSync(readFileSync(file)).toString();
  for (const path of ['../escaped', 'artefacts/../../escaped', 'audit/../../escaped', 'hive.yaml']) {
    writeFileSync(join(folder, 'bad.gz'), gzipSync(withHash(whole.replace(/artefacts\/[^"]+/, path))));
    const target = await places.SQLite();
    await expect(restoreStore(target, join(folder, 'bad.gz'))).rejects.toThrow(/names a file that no backup holds/);
    expect(existsSync(join(target.home, path))).toBe(false);
  }
});

test('a store that another process has open is not restored into', async () => {
  const { options } = await filled('SQLite', 1);
  const { file } = await backup(options);
  const target = await places.SQLite();
  await (await openStore(target)).close();
  const other = new Database(join(target.home, 'hive.db'));
  try {
    other.exec('begin; select * from meta');
    await expect(restoreStore(target, file)).rejects.toMatchObject({ code: 'store.unavailable' });
  } finally {
    other.close();
  }
});

/** The same lines with a trailer that fits them. */
const withHash = (whole: string): string => {
  const at = whole.lastIndexOf('{"end"');
  const sha256 = createHash('sha256').update(whole.slice(0, at)).digest('hex');
  return `${whole.slice(0, at)}${JSON.stringify({ ...(JSON.parse(whole.slice(at)) as object), sha256 })}\n`;
};
