import { createMemory, openMemory } from '@hive/core-db/memory';
import { sampleWrite } from '@hive/core-db/testing';
import { expect, test } from 'vitest';
import { newId } from './ids.ts';
import { rowOf, type NewStep } from './new-step.ts';

const minuteMs = 60_000;
const start = Date.parse('2026-01-01T00:00:00.000Z');

/** A queue under a clock of its own, and one worker. */
const openQueue = () => {
  let now = start;
  const store = openMemory(createMemory({ now: () => now }));
  const put = async (workflowId: string, ...steps: Pick<NewStep, 'priority' | 'behind'>[]): Promise<void> => {
    for (const given of steps) {
      const id = newId();
      const step: NewStep = { ...anyStep, ...given, id, workflowId };
      const row = {
        ...rowOf(step, { lastEventId: id, atMs: now, tries: 0 }),
        stream: `box/${id}`,
        due: [],
        becomes: null,
      };
      await store.write({ ...sampleWrite(row.stream, 0), insertSteps: [row] });
    }
  };
  /** Whose step is the next. */
  const next = async (): Promise<string | undefined> => {
    const [won] = await store.claim({
      kinds: ['work'],
      agent: 'worker-1',
      incarnation: 'today',
      capabilities: [],
      limit: 1,
      leaseMs: 24 * 60 * minuteMs,
      actor: 'worker/worker-1',
      newId,
    });
    return won?.step.workflowId;
  };
  return { put, next, pass: (ms: number) => (now += ms) };
};

const anyStep = {
  kind: 'work',
  taskId: 'task',
  capabilities: [],
  maxAttempts: 3,
  onlyAgent: null,
  avoidAgent: null,
  because: 'test',
} as const;

test('a workflow with two thousand waiting steps takes turns with one that comes later', async () => {
  const queue = openQueue();
  await queue.put('large', ...Array.from({ length: 2_000 }, (_, behind) => ({ priority: 0, behind })));
  queue.pass(1_000);
  await queue.put('small', ...[0, 1, 2].map((behind) => ({ priority: 0, behind })));
  const turns = [];
  for (let n = 0; n < 6; n++) turns.push(await queue.next());
  expect(turns).toEqual(['large', 'small', 'large', 'small', 'large', 'small']);
});

test('a low priority waits for six hours a point at most, however many come before it', async () => {
  const queue = openQueue();
  await queue.put('low', { priority: 0 });
  let passed = 0;
  for (; passed < 24 * 60; passed += 30) {
    queue.pass(30 * minuteMs);
    // There is always one that is more urgent.
    await queue.put('urgent', { priority: 1 }, { priority: 1 });
    if ((await queue.next()) === 'low') break;
  }
  expect(passed).toBeGreaterThan(60);
  expect(passed).toBeLessThanOrEqual(6 * 60 * 2);
});
