import { randomUUID } from 'node:crypto';
import { appendFile, mkdtemp, readFile, rm, stat, truncate, unlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { LoggedEvent } from '../port.ts';
import { sampleEvent } from '../testing/samples.ts';
import { auditFiles } from './audit-files.ts';
import { chainHash, chainStart } from './chain.ts';
import { parseCheckpoint, type SignedCheckpoint } from './checkpoint.ts';
import { readTrail } from './read-trail.ts';
import { createSealer, type SealerOptions } from './sealer.ts';

let home: string;
let log: LoggedEvent[];
let clock: number;
let recorded: SignedCheckpoint[];

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'hive-audit-'));
  log = [];
  clock = Date.UTC(2026, 10, 21);
  recorded = [];
});
afterEach(() => rm(home, { recursive: true, force: true }));

const tell = (count: number, type = 'box.online') => {
  for (let i = 0; i < count; i++) {
    const position = log.length + 1;
    const event = sampleEvent('box/x', position, { type: type as never, data: { n: position } as never });
    log.push({ ...event, position, cursor: { xid: '0', position } } as LoggedEvent);
  }
};

const store: SealerOptions['store'] = {
  now: async () => new Date(clock).toISOString(),
  event: async (id) => log.find((it) => it.id === id) ?? null,
  events: async ({ after, limit }) => {
    const events = log.slice(after?.position ?? 0, (after?.position ?? 0) + limit);
    return { events, looked: events.at(-1)?.cursor ?? after ?? { xid: '0', position: 0 } };
  },
};

/** Tells the log as the orchestrator does, once for each checkpoint. */
const record = async (checkpoint: SignedCheckpoint) => {
  if (recorded.some((it) => it.signature === checkpoint.signature)) return;
  recorded.push(checkpoint);
  tell(1, 'system.checkpointed');
};

const sealerOf = (given: Partial<SealerOptions> = {}) =>
  createSealer({ store, home, record, everyEvents: 10, everyMs: 60_000, ...given });

const lines = async () =>
  (await readFile(auditFiles(home).checkpoints, 'utf8')).split('\n').slice(0, -1).map(parseCheckpoint);
const trail = () => readTrail({ ...auditFiles(home), copied: false });

test('every so many events become a checkpoint that anyone can compute and nobody else can sign', async () => {
  tell(25);
  expect(await sealerOf().seal()).toBe(2);
  const [first, second] = await lines();
  const hashes = log.reduce<string[]>((all, event) => [...all, chainHash(all.at(-1) ?? chainStart, event)], []);
  expect(first).toMatchObject({ count: 10, hash: hashes[9], eventId: log[9]?.id, position: 10, previous: null });
  expect(second).toMatchObject({ count: 20, hash: hashes[19], eventId: log[19]?.id, previous: hashes[9] });
  expect(recorded.map((it) => it.count)).toEqual([10, 20]);
  expect(await trail()).toMatchObject({ faults: [], places: [{ count: 10 }, { count: 20 }] });
  expect((await stat(join(home, 'audit', 'key.pem'))).mode & 0o777).toBe(0o600);
});

test('fewer events are sealed after a minute, and a log that tells of checkpoints alone is left in peace', async () => {
  const sealer = sealerOf();
  tell(3);
  expect(await sealer.seal()).toBe(1);
  tell(2);
  expect(await sealer.seal()).toBe(0);
  clock += 60_000;
  expect(await sealer.seal()).toBe(1);
  for (let minute = 0; minute < 5; minute++) {
    clock += 60_000;
    expect(await sealer.seal()).toBe(0);
  }
  tell(1);
  expect(await sealer.seal()).toBe(1);
  expect((await lines()).map((it) => it?.count)).toEqual([3, 6, 8]);
});

test('a clock that was set back does not put sealing off', async () => {
  const sealer = sealerOf();
  tell(1);
  await sealer.seal();
  tell(1);
  clock -= 3_600_000;
  expect(await sealer.seal()).toBe(1);
});

test('another process goes on where the file ends, and a line that a crash tore is made anew', async () => {
  tell(10);
  await sealerOf().seal();
  tell(9);
  await appendFile(auditFiles(home).checkpoints, `{"position":20,"eventId":"${'0'.repeat(9000)}`);
  expect(await trail()).toMatchObject({ faults: [], places: [{ count: 10 }] });
  expect(await sealerOf().seal()).toBe(1);
  expect((await lines()).map((it) => it?.count)).toEqual([10, 20]);
  expect(await readFile(auditFiles(home).checkpoints, 'utf8')).not.toContain('0'.repeat(999));
  expect(await trail()).toMatchObject({ faults: [] });
});

test('a file that holds a torn first line alone begins anew', async () => {
  tell(10);
  await sealerOf().seal();
  await truncate(auditFiles(home).checkpoints, 50);
  expect(await sealerOf().seal()).toBe(1);
  expect((await lines()).map((it) => it?.count)).toEqual([10]);
});

test('a checkpoint that is in the file and not in the log is told after a crash', async () => {
  tell(10);
  const crash = () => Promise.reject(new Error('killed'));
  await expect(sealerOf({ record: crash }).seal()).rejects.toThrow('killed');
  expect(await lines()).toHaveLength(1);
  await sealerOf().seal();
  expect(recorded.map((it) => it.count)).toEqual([10]);
});

test('sealers that work at the same time make one chain', async () => {
  const ticking = { ...store, now: async () => new Date(clock++).toISOString() };
  const sealers = [1, 2, 3].map(() => sealerOf({ store: ticking }));
  tell(10);
  await sealers[0]?.seal();
  for (let round = 0; round < 20; round++) {
    tell(7);
    await Promise.all(sealers.map((sealer) => sealer.seal()));
  }
  const counts = (await lines()).map((it) => it?.count ?? 0);
  expect(counts).toEqual(counts.map((_, i) => (i + 1) * 10));
  expect(counts.length).toBeGreaterThanOrEqual(14);
  expect(recorded.map((it) => it.signature)).toEqual((await lines()).map((it) => it?.signature));
  expect(await trail()).toMatchObject({ faults: [] });
});

test('a lost key, a forged last line and lost events stop the sealer, and what is there stays as it is', async () => {
  tell(10);
  await sealerOf().seal();
  const { checkpoints } = auditFiles(home);
  const key = join(home, 'audit', 'key.pem');
  const [kept, keptKey] = [await readFile(checkpoints), await readFile(key)];
  const refused = async (says: RegExp) => {
    const before = await readFile(checkpoints, 'utf8');
    tell(10);
    await expect(sealerOf().seal()).rejects.toMatchObject({ code: 'audit.broken', message: says });
    expect(await readFile(checkpoints, 'utf8')).toBe(before);
  };

  await unlink(key);
  await refused(/move the folder away/);
  await writeFile(key, keptKey);

  await writeFile(checkpoints, kept.toString().replace('"count":10', '"count":11'));
  await refused(/not signed with the key/);
  await writeFile(checkpoints, `${kept.toString()}nonsense\n`);
  await refused(/is no checkpoint/);
  await writeFile(checkpoints, kept);

  log[9] = { ...(log[9] as LoggedEvent), id: randomUUID() };
  await refused(/has lost event/);
});
