import Database from 'better-sqlite3';
import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { postgresDialect, sqliteDialect, type Read, type Row } from '../dialect.ts';
import { openStore, type Store } from '../index.ts';
import { runOn, sessionConfig } from '../postgres/connection.ts';
import { sampleEvent, sampleWrite } from '../testing/samples.ts';
import { testPostgres } from '../testing/test-postgres.ts';
import { auditHolds } from '../verify/audit-chain.ts';
import { createOffenders, type Snapshot } from '../verify/check.ts';
import { auditFiles } from './audit-files.ts';
import { parseCheckpoint, signCheckpoint, type SignedCheckpoint } from './checkpoint.ts';
import { readTrail, type TrailFiles } from './read-trail.ts';
import { createSealer } from './sealer.ts';

const sealed = 240;
const everyEvents = 40;
const times = 100;

/** A database that somebody has got hold of: the triggers are gone. */
type Place = {
  readonly store: Store;
  readonly raw: (sql: string) => Promise<void>;
  readonly snapshot: Pick<Snapshot, 'read' | 'on'>;
  readonly close: () => Promise<void>;
};

const places: Record<string, (home: string) => Promise<Place>> = {
  SQLite: async (home) => {
    const store = await openStore({ home });
    const db = new Database(join(home, 'hive.db'));
    db.exec('drop trigger event_never_changes; drop trigger event_never_leaves');
    const read: Read = async (sql, values = []) => db.prepare(sql).all(...values) as Row[];
    return {
      store,
      raw: async (sql) => void db.exec(sql),
      snapshot: { read, on: sqliteDialect },
      close: async () => void db.close(),
    };
  },
  PostgreSQL: async (home) => {
    const { url, drop } = await testPostgres();
    const store = await openStore({ url, home });
    const client = new pg.Client(sessionConfig(url, { readonly: false }));
    await client.connect();
    await client.query('drop trigger event_never_changes on event; drop trigger event_never_empties on event');
    return {
      store,
      raw: async (sql) => void (await client.query(sql)),
      snapshot: { read: (sql, values = []) => runOn(client, { sql, values }), on: postgresDialect },
      close: async () => {
        await client.end();
        await drop();
      },
    };
  },
};

/** Numbers that are the same for the same seed. */
const randomOf = (seed: number) => () => {
  seed = (seed + 0x6d2b79f5) | 0;
  let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
};

describe.each(Object.entries(places))('a log on %s that somebody changed', (_name, makePlace) => {
  let home: string;
  let place: Place;
  let rows: readonly { readonly id: string; readonly position: number; readonly xid: string }[];
  const files = (): TrailFiles => ({ ...auditFiles(home), copied: false });

  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), 'hive-tamper-'));
    place = await makePlace(home);
    const { store } = place;
    const versions = new Map<string, number>();
    const write = async (stream: string, ...events: object[]) => {
      const version = versions.get(stream) ?? 0;
      versions.set(stream, version + events.length);
      await store.write(sampleWrite(stream, version, { events }));
    };
    const sealer = createSealer({
      store,
      home,
      everyEvents,
      record: ({ position, eventId, count, hash, key, signature }) =>
        write('system', {
          type: 'system.checkpointed',
          data: { position, eventId, count, hash, key, signature },
        }),
    });
    for (let n = 0; n < sealed; n += 3) {
      await write(`box/b${n % 7}`, ...[n, n + 1, n + 2].map((alert) => ({ data: { alert: `${alert}` } })));
      await sealer.seal();
    }
    const events = (await store.events({ limit: 1000 })).events;
    rows = events.map(({ id, position, cursor }) => ({ id, position, xid: cursor.xid }));
    await place.raw('create table kept as select * from event');
  });
  afterAll(async () => {
    await place.store.close();
    await place.close();
    await rm(home, { recursive: true, force: true });
  });

  const chain = async (from: TrailFiles = files()) => {
    const offenders = createOffenders();
    const audit = await readTrail(from);
    const said = await auditHolds({ ...place.snapshot, now: await place.store.now(), audit }, offenders);
    return { offenders: offenders.all, note: said?.note, cannot: said?.cannot };
  };
  const restore = () =>
    place.raw(
      `${place.store.dialect === 'sqlite' ? 'delete from' : 'truncate'} event; insert into event select * from kept order by position`,
    );

  const at = (number: number) => {
    const row = rows[number - 1];
    if (!row) throw new Error(`there is no event ${number}`);
    return row;
  };
  const place2 = ({ position, xid }: { position: number; xid: string }) => `position = ${position}, xid = '${xid}'`;

  /** What is done to event `n` (and perhaps `m`), and the number of the first place that is then not as it was sealed. */
  const tamperings: Record<
    string,
    (n: number, m: number, random: () => number) => readonly [sql: string, first: number]
  > = {
    edit: (n, _m, random) => {
      const edits = [
        `data = '{"alert":"forged"}'`,
        `actor = 'human/mallory'`,
        `at = '2026-11-21T12:00:00.001Z'`,
        `type = 'box.offline'`,
        `correlation_id = 'elsewhere'`,
        `causation_id = 'nothing'`,
        `command_id = 'given'`,
        `version = version + 1000`,
        `stream = stream || 'x'`,
        `id = '${randomUUID()}'`,
      ];
      return [`update event set ${edits[Math.floor(random() * edits.length)]} where id = '${at(n).id}'`, n];
    },
    removal: (n) => [`delete from event where id = '${at(n).id}'`, n],
    swap: (n, m) => [
      `update event set position = -1 where id = '${at(n).id}';
       update event set ${place2(at(n))} where id = '${at(m).id}';
       update event set ${place2(at(m))} where id = '${at(n).id}'`,
      Math.min(n, m),
    ],
    insertion: (n) => [
      `update event set position = -position - 1 where position >= ${at(n).position};
       update event set position = -position where position < 0;
       insert into event (position, xid, id, type, stream, version, correlation_id, actor, at, data)
         values (${at(n).position}, '${at(n).xid}', '${randomUUID()}', 'box.online', 'box/forged', 1, 'c', 'a', '2026-11-21T12:00:00.000Z', '{}')`,
      n,
    ],
    'tail cut': (n) => [
      `delete from event where id in (${rows
        .slice(n - 1)
        .map((row) => `'${row.id}'`)
        .join(', ')})`,
      n,
    ],
  };

  test('an untouched one fits, and says how many events are not sealed yet and what does not protect it any more', async () => {
    expect((await chain()).offenders).toEqual([]);
    const audit = await readTrail(files());
    const report = (await place.store.verify({ audit })).find((it) => it.number === 15);
    expect(report?.offenders).toEqual([
      expect.stringMatching(/^events can be changed by hand: event_never_changes is gone/),
      expect.stringMatching(/^events can be changed by hand: event_never_(leaves|empties) is gone/),
    ]);
    expect(report?.note).toMatch(/^\d+ events sealed up to .*, the newest \d+ are not sealed yet$/);
  });

  test(`${times} random edits, removals, swaps, insertions and tail cuts are found, each at its place`, async () => {
    const seed = Math.floor(Math.random() * 2 ** 31);
    const random = randomOf(seed);
    const some = (max: number) => 1 + Math.floor(random() * max);
    const kinds = Object.keys(tamperings);
    const missed: string[] = [];
    for (let i = 0; i < times; i++) {
      const kind = kinds[i % kinds.length] ?? '';
      const n = some(sealed);
      const m = ((n + some(sealed - 1) - 1) % sealed) + 1;
      const [sql, first] = tamperings[kind]?.(n, m, random) ?? ['', 0];
      await place.raw(sql);
      const { offenders } = await chain();
      if (!offenders[0]?.includes(`number ${first} of the log`))
        missed.push(`seed ${seed}, ${i}: ${kind} of ${n}, ${m}: ${offenders.join(' | ')}`);
      await restore();
    }
    expect(missed).toEqual([]);
    expect(await chain()).toMatchObject({ offenders: [] });
  });

  test('what was done is said as far as it can be told, each place on its own', async () => {
    await place.raw(tamperings['edit']?.(5, 6, () => 0)[0] ?? '');
    await place.raw(tamperings['removal']?.(49, 50, () => 0)[0] ?? '');
    await place.raw(tamperings['swap']?.(90, 95, () => 0)[0] ?? '');
    await place.raw(tamperings['insertion']?.(130, 131, () => 0)[0] ?? '');
    const { offenders } = await chain();
    await restore();
    expect(offenders).toHaveLength(4);
    expect(offenders[0]).toMatch(
      new RegExp(
        `^event ${at(5).id} .* was changed; it is number 5 of the log, sealed between the checkpoints at 3 and 43`,
      ),
    );
    expect(offenders[1]).toMatch(/^box\/b\d version \d+ was removed at number 49 /);
    expect(offenders[2]).toMatch(
      new RegExp(`^event ${at(95).id} .* number 90 .* where event ${at(90).id} .* was sealed`),
    );
    expect(offenders[3]).toMatch(/^event .* \(box.online, box\/forged version 1\) was inserted as number 130 /);
  });

  test('of an edit and a removal between the same checkpoints only that is said which is certain', async () => {
    const { stream, version } = (await place.store.events({ limit: 50 })).events[49] ?? { stream: '', version: 0 };
    await place.raw(`update event set actor = 'human/mallory' where id = '${at(47).id}'`);
    await place.raw(tamperings['removal']?.(50, 51, () => 0)[0] ?? '');
    const { offenders } = await chain();
    await restore();
    expect(offenders).toHaveLength(1);
    expect(offenders[0]).toMatch(
      new RegExp(`^the chain fits no more from number 47 of the log, .*; event ${at(47).id} .* stands there now`),
    );
    expect(offenders[0]).toContain(`1 of the sealed events from there on is gone, ${stream} version ${version}`);
  });

  test('a payload that is no JSON any more is found, and does not end the check', async () => {
    if (place.store.dialect === 'postgres') return; // its type refuses such a text
    await place.raw(`update event set data = '{"alert":' where id = '${at(7).id}'`);
    const { offenders } = await chain();
    await restore();
    expect(offenders[0]).toMatch(/number 7 of the log/);
  });

  describe('the file of checkpoints', () => {
    const lines = async () => (await readFile(files().checkpoints, 'utf8')).trimEnd().split('\n');
    const withLines = async (change: (all: string[]) => string[], also: () => Promise<unknown> = async () => {}) => {
      const kept = await lines();
      await also();
      await writeFile(
        files().checkpoints,
        change([...kept])
          .map((line) => `${line}\n`)
          .join(''),
      );
      try {
        return await chain();
      } finally {
        await writeFile(files().checkpoints, kept.map((line) => `${line}\n`).join(''));
        await restore();
      }
    };

    test('one that was written anew without the key is found', async () => {
      const own = generateKeyPairSync('ed25519').privateKey;
      const forged = (line: string) => {
        const { signature: _, ...checkpoint } = parseCheckpoint(line) as SignedCheckpoint;
        return JSON.stringify(signCheckpoint({ ...checkpoint, hash: 'f'.repeat(64) }, own));
      };
      const { offenders } = await withLines((all) => all.map(forged));
      expect(offenders[0]).toMatch(/^line 1 of .* was not signed with the key/);
    });

    test('a changed line, a line that was taken out, and an end that was cut are found', async () => {
      const changed = await withLines((all) =>
        all.map((line, i) => (i === 1 ? line.replace('"count":43', '"count":44') : line)),
      );
      expect(changed.offenders[0]).toMatch(/^line 2 of .* was not signed/);
      const out = await withLines((all) => all.filter((_, i) => i !== 1));
      expect(out.offenders[0]).toMatch(/^line 2 of .* does not follow the one before it/);
      const cut = await withLines((all) => all.slice(0, -2));
      expect(cut.offenders.join('\n')).toMatch(/lacks the checkpoint at 2\d\d/);
    });

    test('a copy that was kept elsewhere serves as well, also when it is older', async () => {
      const copy: TrailFiles = {
        checkpoints: join(home, 'copy.jsonl'),
        publicKey: join(home, 'copy.pem'),
        copied: true,
      };
      await writeFile(
        copy.checkpoints,
        (await lines())
          .slice(0, 4)
          .map((line) => `${line}\n`)
          .join(''),
      );
      await copyFile(files().publicKey, copy.publicKey);
      expect(await chain(copy)).toMatchObject({ offenders: [] });
      await place.raw(tamperings['edit']?.(100, 101, () => 0)[0] ?? '');
      const found = await chain(copy);
      await restore();
      expect(found.offenders[0]).toMatch(/number 100 of the log/);
    });

    test('a store without its file says so', async () => {
      const { offenders, cannot } = await chain({ ...files(), checkpoints: join(home, 'nowhere.jsonl') });
      expect(cannot).toBe(true);
      if (place.store.dialect === 'sqlite') expect(offenders[0]).toMatch(/file is gone/);
      else expect(offenders).toEqual([]); // it may lie on the machine of the orchestrator
    });
  });

  test('an event is the same to a reader and to the check, whatever order its keys were written in', async () => {
    const [event] = (await place.store.events({ limit: 1 })).events;
    expect(event).toMatchObject({ data: sampleEvent('box/b0', 1, { data: { alert: '0' } as never }).data });
    await place.raw(`update event set data = ' { "alert" : "0" } ' where id = '${at(1).id}'`);
    expect(await chain()).toMatchObject({ offenders: [] });
    await restore();
  });
});
