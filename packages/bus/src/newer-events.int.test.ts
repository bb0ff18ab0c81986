import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { backupStore, openStore, rebuildProjections, restoreStore, type EventRow, type Store } from '@hive/core-db';
import { streams } from '@hive/events';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createBus, newId, type Bus } from './index.ts';
import { sampleSubmission } from './testing/samples.ts';

// A worker of this version on a log into which a newer Hive has written as well.
let home: string;
let store: Store;
let bus: Bus;
const workflowId = newId();
const stream = streams.workflow(workflowId);

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'hive-newer-'));
  store = await openStore({ home });
  bus = createBus(store, 'test/one');
  const data = sampleSubmission(workflowId);
  await bus.command({ on: null, correlationId: workflowId, events: [{ type: 'workflow.submitted', stream, data }] });
  await tellNewer('workflow.forked', { into: 'two' });
  await tellNewer('task.claimed', { v: 2, who: 'an agent', step: { kind: 'plan' } });
});
afterEach(async () => {
  bus.close();
  await store.close();
  await rm(home, { recursive: true, force: true });
});

/** Records an event as a program does that knows more than this one. */
const tellNewer = async (type: string, data: object): Promise<void> => {
  const head = (await store.heads([stream])).heads.get(stream);
  if (!head) throw new Error('the workflow has a head');
  const version = head.version + 1;
  const event = {
    ...{ id: newId(), type, stream, version, correlationId: workflowId, causationId: head.lastEventId },
    ...{ actor: 'newer', at: await store.now(), data },
  } as EventRow; // no type of this catalogue
  const moved = { ...head, version, lastEventId: event.id };
  const result = await store.write({ events: [event], heads: [{ head: moved, expectedVersion: head.version }] });
  expect(result.status).toBe('written');
};

test('events of a newer Hive are kept and passed over with a notice, and the work goes on', async () => {
  await bus.command({
    on: stream,
    correlationId: workflowId,
    events: [{ type: 'workflow.paused', stream, data: { workflowId } }],
  });
  const stop = new AbortController();
  const [handled, unknown, failed]: string[][] = [[], [], []];
  await bus.follow({
    name: 'reader',
    types: ['workflow.*', 'task.*'],
    start: 'origin',
    handle: (event) => {
      handled?.push(event.type);
      if (event.type === 'workflow.paused') stop.abort();
      return Promise.resolve([]);
    },
    onUnknown: (event) => unknown?.push(event.type),
    onFailed: (event) => failed?.push(event.type),
    signal: stop.signal,
  });
  expect({ handled, unknown, failed }).toEqual({
    handled: ['workflow.submitted', 'workflow.paused'],
    unknown: ['workflow.forked', 'task.claimed@2'],
    failed: [],
  });
  const { events } = await store.events({ correlationId: workflowId, limit: 10 });
  expect(events.map((it) => it.stored ?? null)).toEqual([
    null,
    null,
    { type: 'task.claimed', data: { v: 2, who: 'an agent', step: { kind: 'plan' } } },
    null,
  ]);
});

test('verify finds nothing wrong with them, and a backup keeps them as they are', async () => {
  const broken = (await store.verify()).filter((it) => it.status === 'broken');
  expect(broken).toEqual([]);
  const made = await backupStore({ home }, { file: join(home, 'a.gz'), version: '0.0.0' });
  const again = join(home, 'again');
  expect((await restoreStore({ home: again }, made.file)).content).toBe(made.content);
});

test('an older Hive does not rebuild what a newer one has folded', async () => {
  await expect(rebuildProjections({ home }, { write: true })).rejects.toMatchObject({
    code: 'store.newer',
    message: expect.stringMatching(/workflow\.forked/) as string,
  });
});
