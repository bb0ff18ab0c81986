import Database from 'better-sqlite3';
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { openStore, origin, type Store } from '../index.ts';
import { sampleAgent, sampleStep, sampleWrite } from '../testing/index.ts';

/** What is read from one end to the other: few rows for as long as a store lives, the row that a statement makes itself (`c`, the clock), or a list that it is given. */
const small = new Set(['agent', 'lane', 'subscription', 'meta', 'dead_letter', 'c', '2-ROW', 'json_each']);

/** Statements with a plan that looks worse than it is. */
const fine = [
  // Begins at the end and stops at the first row.
  /^select cast\(xid as text\) as xid, position from event where true order by position desc limit 1$/,
  // Sort what one stream has, or what one process holds.
  / from event where .*\bstream = \?/,
  / from step where .*\bholder = \?/,
  // Read in the order of its index; those of one rank alone are sorted by their ids.
  / from step where .* order by rank, id limit \?$/,
  // Groups one page of what is open under limits.
  /^with page as \(select limits, state, rank, id from step /,
];

let home: string;
let store: Store;
const texts = new Set<string>();

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'hive-plans-'));
  const prepare = vi.spyOn(Database.prototype, 'prepare');
  store = await openStore({ home });
  prepare.mockClear();
  await everything();
  for (const [text] of prepare.mock.calls) texts.add(text);
  prepare.mockRestore();
});
afterAll(async () => {
  await store.close();
  await rm(home, { recursive: true, force: true });
});

/** Each thing that the building does again and again. */
const everything = async (): Promise<void> => {
  const agent = sampleAgent('worker');
  await store.beat(agent);
  await store.hold(agent.incarnation);
  const [stream, workflow] = [`box/${randomUUID()}`, `box/${randomUUID()}`];
  await store.write(sampleWrite(workflow, 0));
  const step = sampleStep({ stream, taskId: stream, workflowId: workflow });
  const state = { head: { state: 'ready' } };
  await store.write(sampleWrite(stream, 0, { ...state, insertSteps: [step] }));
  const later = sampleStep({ stream: workflow, state: 'scheduled', runAt: new Date(0).toISOString() });
  await store.write(sampleWrite(workflow, 1, { insertSteps: [later] }));
  const won = await store.claim({
    kinds: ['work'],
    agent: agent.agent,
    incarnation: agent.incarnation,
    capabilities: [],
    limit: 10,
    leaseMs: 1_000,
    actor: 'worker/worker',
    newId: randomUUID,
  });
  expect(won).toHaveLength(2);
  await store.renew(
    won.map(({ step: { id, token } }) => ({ id, token })),
    agent.incarnation,
    1_000,
  );
  await store.subscription('follower', 'origin');
  const end = await store.end();
  const done = won.find((it) => it.step.stream === stream);
  await store.write(
    sampleWrite(stream, 2, {
      head: { view: undefined, state: 'submitted' },
      cursor: { name: 'follower', from: origin, to: end },
      changeSteps: [
        {
          id: step.id,
          expect: { state: 'claimed', token: done?.step.token ?? 0, holder: agent.incarnation },
          set: { state: 'done' },
        },
      ],
      endSteps: [{ workflowId: step.workflowId, stream }],
      deadLetter: { subscription: 'follower', eventId: 'x', error: 'x', attempts: 1 },
    }),
  );
  await store.heads([stream, workflow]);
  await store.listHeads({ kind: 'task', limit: 10 });
  await store.listHeads({ kind: 'task', states: ['ready'], limit: 10 });
  await store.listHeads({ kind: 'task', correlationId: workflow, limit: 10 });
  await store.headStates('task', [workflow, stream]);
  await store.events({ after: origin, limit: 10 });
  await store.events({ after: origin, types: ['task.*', 'system.alert_resolved'], limit: 10 });
  await store.events({ after: origin, correlationId: stream, limit: 10 });
  await store.events({ after: origin, stream, limit: 10 });
  await store.events({ limit: 10, newest: true });
  await store.event(randomUUID());
  await store.cursorAt(1);
  await store.traces({ limit: 10 });
  await store.traces({ before: stream, limit: 10 });
  await store.steps({ ids: [step.id], limit: 10 });
  await store.steps({ workflowId: step.workflowId, states: ['ready', 'scheduled', 'paused', 'claimed'], limit: 10 });
  await store.steps({ holder: agent.incarnation, limit: 10 });
  await store.steps({ states: ['claimed'], limit: 10 });
  await store.steps({ limited: [{ key: 'repository:a', max: 1 }], states: ['parked'], limit: 1 });
  await store.limitCounts();
  await store.nextDue(['work']);
};

test('no statement that runs again and again reads all of a table that grows, or sorts it', () => {
  const db = new Database(join(home, 'hive.db'), { readonly: true });
  const plans = [...texts].flatMap((text) => {
    const lines = db.prepare(`explain query plan ${text}`).all(
      // The values do not matter to the plan, only how many there are.
      ...Array.from({ length: text.split('?').length - 1 }, () => null),
    ) as { detail: string }[];
    return lines.map(({ detail }) => ({ text, detail }));
  });
  db.close();
  expect(texts.size).toBeGreaterThan(35);
  const bad = plans.filter(({ text, detail }) => {
    if (fine.some((it) => it.test(text))) return false;
    const scanned = /^SCAN (?!CONSTANT)(\S+)(?!.* USING .*INDEX)/.exec(detail)?.[1];
    return (scanned !== undefined && !small.has(scanned)) || detail.includes('TEMP B-TREE');
  });
  expect(bad).toEqual([]);
});

test('what is open under limits is found by its own index, in the order of the queue', () => {
  const db = new Database(join(home, 'hive.db'), { readonly: true });
  const limited = [...texts].filter((text) => text.includes(`limits <> '[]'`));
  expect(limited).toHaveLength(2);
  for (const text of limited) {
    const values = Array.from({ length: text.split('?').length - 1 }, () => null);
    const lines = db.prepare(`explain query plan ${text}`).all(...values) as { detail: string }[];
    const reads = lines.map((it) => it.detail).filter((it) => / step\b/.test(it));
    expect(reads.length).toBeGreaterThan(0);
    for (const it of reads) expect(it).toMatch(/USING INDEX step_limited\b/);
  }
  db.close();
});

test('plans do not depend on how much there is: nobody has counted', () => {
  const db = new Database(join(home, 'hive.db'), { readonly: true });
  expect(db.prepare(`select name from sqlite_schema where name like 'sqlite_stat%'`).all()).toEqual([]);
  db.close();
});
