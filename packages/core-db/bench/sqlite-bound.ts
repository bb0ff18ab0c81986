// How fast can it be? The rows of a step (enqueued, claimed, ended) written to SQLite by plain statements that check nothing, and by the store, one process
// and nobody else. Prints microseconds of processor time a step: node packages/core-db/bench/sqlite-bound.ts [steps] [folder].
// Figures: docs/adr/0003-who-writes-to-sqlite.md
import Database from 'better-sqlite3';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { openStore, type EventRow, type Head, type StepRow, type Store, type Write } from '../src/index.ts';
import { eventColumns, eventValues, laneOf, stepColumn, stepFields, stepValue } from '../src/rows.ts';
import { sampleStep } from '../src/testing/index.ts';

const steps = Number(process.argv[2] ?? 10_000);
const folder = process.argv[3] ?? tmpdir();
const inClaim = 250;
const workflows = Array.from({ length: Math.ceil(steps / 50) }, () => randomUUID());
const at = new Date().toISOString();
const view = { note: 'x'.repeat(600), tries: {} };

/** What enqueuing the n-th step writes; its stream is there, at version 1. */
type Planned = { readonly event: EventRow; readonly head: Head; readonly step: StepRow };

const eventOf = (type: EventRow['type'], head: Pick<Head, 'stream' | 'correlationId'>, version: number): EventRow =>
  ({
    id: randomUUID(),
    type,
    stream: head.stream,
    version,
    correlationId: head.correlationId,
    causationId: null,
    actor: 'bench/bound',
    at,
    data: { text: 'x'.repeat(350) },
  }) as unknown as EventRow; // the store reads no payload

const headAt = (n: number, version: number, lastEventId: string): Head => {
  const id = `${n.toString(16).padStart(8, '0')}-0000-7000-8000-000000000000`;
  const correlationId = workflows[Math.floor(n / 50)] ?? '';
  return {
    stream: `box/${id}`,
    kind: 'box',
    id,
    correlationId,
    version,
    state: 'ready',
    lastEventId,
    token: 0,
    view,
  };
};

const planOf = (n: number): Planned => {
  const head = headAt(n, 2, '');
  const event = eventOf('task.assigned', head, 2);
  const { stream, id, correlationId } = head;
  const step = sampleStep({ stream, taskId: id, workflowId: correlationId, rank: n, lastEventId: event.id });
  return { event, head: { ...head, lastEventId: event.id }, step };
};

const writeOf = (planned: readonly Planned[]): Write => ({
  events: planned.map((it) => it.event),
  heads: planned.map(({ head }) => ({ head, expectedVersion: 1 })),
  insertSteps: planned.map((it) => it.step),
});

type Way = {
  readonly enqueue: (planned: readonly Planned[]) => Promise<void>;
  /** Claims and ends steps until there are none. */
  readonly drain: () => Promise<void>;
};

const chunk = <T>(all: readonly T[], size: number): T[][] =>
  Array.from({ length: Math.ceil(all.length / size) }, (_, i) => all.slice(i * size, (i + 1) * size));

const insertInto = (table: string, columns: readonly string[]): string =>
  `insert into ${table} (${columns.join(', ')}) values (${columns.map(() => '?').join(', ')})`;

/** Statements only: no versions, no tokens, no lanes, no ids that were there before; yet the same rows and indexes. */
const plainly = (home: string): Way => {
  const db = new Database(join(home, 'hive.db'));
  db.pragma('synchronous = NORMAL');
  db.pragma('cache_size = -16000');
  const [begin, commit] = [db.prepare('begin immediate'), db.prepare('commit')];
  const tell = db.prepare(insertInto('event', eventColumns));
  const makeStep = db.prepare(insertInto('step', [...stepFields.map((it) => stepColumn[it]), 'lane']));
  const fold = db.prepare(
    'update stream_head set version = ?, last_event_id = ?, view = ?, view_version = ? where stream = ?',
  );
  const move = db.prepare('update stream_head set version = ?, last_event_id = ? where stream = ?');
  const count = db.prepare(
    `insert into trace (correlation_id, first_at, last_at, events, errors) values (?, ?, ?, ?, 0)
      on conflict (correlation_id, shard) do update set last_at = excluded.last_at, events = trace.events + excluded.events`,
  );
  const pick = db.prepare(
    `select id, stream, workflow_id from step where lane = ? and state = 'ready' order by rank, id limit ?`,
  );
  const take = db.prepare(
    `update step set state = 'claimed', token = 1, attempt = 1, holder = ?, lease_until = ?, last_event_id = ? where id = ?`,
  );
  const end = db.prepare(
    `update step set state = 'done', holder = null, lease_until = null, last_event_id = ? where id = ?`,
  );
  const counted = (ids: readonly string[]) => {
    for (const [id, all] of Map.groupBy(ids, (it) => it)) count.run(id, at, at, all.length);
  };
  type Picked = { id: string; stream: string; workflow_id: string };
  const append = (type: EventRow['type'], row: Picked, version: number): string => {
    const event = eventOf(type, { stream: row.stream, correlationId: row.workflow_id }, version);
    move.run(version, event.id, row.stream);
    tell.run(eventValues(event));
    return event.id;
  };
  return {
    enqueue: async (planned) => {
      begin.run();
      for (const { event, head, step } of planned) {
        fold.run(head.version, head.lastEventId, JSON.stringify(head.view), head.version, head.stream);
        makeStep.run([...stepFields.map((field) => stepValue(field, step[field])), laneOf(step)]);
        tell.run(eventValues(event));
      }
      counted(planned.map((it) => it.event.correlationId));
      commit.run();
    },
    drain: async () => {
      const lane = laneOf(sampleStep());
      for (let held: Picked[] = []; ;) {
        begin.run();
        for (const row of held) end.run(append('task.submitted', row, 4), row.id);
        const won = pick.all(lane, inClaim) as Picked[];
        for (const row of won) take.run('today', at, append('task.claimed', row, 3), row.id);
        counted([...held, ...won].map((row) => row.workflow_id));
        commit.run();
        held = won;
        if (won.length === 0) return;
      }
    },
  };
};

const byTheStore = (store: Store): Way => ({
  enqueue: async (planned) => void (await store.write(writeOf(planned))),
  drain: async () => {
    const query = {
      kinds: ['work'],
      agent: 'worker-1',
      incarnation: 'today',
      capabilities: [],
      actor: 'worker/worker-1',
    } as const;
    const claim = () => store.claim({ ...query, limit: inClaim, leaseMs: 60_000, newId: randomUUID });
    for (let held = await claim(); held.length > 0;) {
      const ends = held.map(({ step, head: { view: _, ...head } }) => {
        const event = eventOf('task.submitted', head, head.version + 1);
        const set = {
          state: 'done',
          holder: null,
          holderAgent: null,
          leaseUntil: null,
          lastEventId: event.id,
        } as const;
        return store.write({
          events: [event],
          heads: [
            { head: { ...head, version: head.version + 1, lastEventId: event.id }, expectedVersion: head.version },
          ],
          changeSteps: [{ id: step.id, expect: { state: 'claimed', token: step.token }, set }],
        });
      });
      [held] = await Promise.all([claim(), ...ends]);
    }
  },
});

const measure = async (what: string, steps: number, act: () => Promise<void>): Promise<void> => {
  const [began, from] = [performance.now(), process.cpuUsage()];
  await act();
  const { user, system } = process.cpuUsage(from);
  const wall = ((performance.now() - began) * 1000) / steps;
  console.log(
    `${what.padEnd(30)} ${((user + system) / steps).toFixed(1).padStart(6)} µs of processor, ${wall.toFixed(1).padStart(6)} µs in all`,
  );
};

for (const size of [1, 1000])
  for (const name of ['plain statements', 'the store']) {
    const home = mkdtempSync(join(folder, 'hive-bound-'));
    const store = await openStore({ home, synchronous: 'normal' });
    for (const some of chunk(
      Array.from({ length: steps }, (_, n) => n),
      1000,
    )) {
      const heads = some.map((n) => headAt(n, 1, ''));
      const events = heads.map((head) => eventOf('task.created', head, 1));
      await store.write({ events, heads: heads.map((head) => ({ head, expectedVersion: 0 })) });
    }
    const planned = chunk(
      Array.from({ length: steps }, (_, n) => planOf(n)),
      size,
    );
    const way = name === 'the store' ? byTheStore(store) : plainly(home);
    // So that the lane is there, and the code is warm.
    for (const some of planned.splice(0, Math.ceil(1000 / size))) await byTheStore(store).enqueue(some);
    await measure(`enqueue ${size}: ${name}`, planned.flat().length, async () => {
      for (const some of planned) await way.enqueue(some);
    });
    if (size > 1) await measure(`drain: ${name}`, steps, way.drain);
    await store.close();
    rmSync(home, { recursive: true, force: true });
  }
console.log(
  `load average ${loadavg()
    .map((it) => it.toFixed(1))
    .join(' ')}`,
);
