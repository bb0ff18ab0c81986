import { openStore } from '@hive/core-db';
import { testPostgres } from '@hive/core-db/testing';
import { streams } from '@hive/events';
import { expect, test } from 'vitest';
import { createBus, newId } from './index.ts';
import { restingTask, sampleStep } from './testing/samples.ts';

test('an idle agent of the bus that enqueues claims in the same commit', { timeout: 120_000 }, async () => {
  const place = await testPostgres();
  const store = await openStore({ url: place.url, home: '' });
  const bus = createBus(store, 'test/one');
  const stop = new AbortController();
  const kinds = ['work'] as const;
  const agent = { kinds, agent: 'a', incarnation: newId(), capabilities: [], limit: 5, leaseMs: 60_000 };
  const won: string[] = [];
  const working = (async () => {
    while (!stop.signal.aborted) {
      const seen = bus.rings(kinds);
      for (const { step } of await bus.queue.claim(agent)) won.push(step.id);
      await bus.heard(60_000, stop.signal, seen, kinds);
    }
  })();
  try {
    /** Whether what was recorded of a new step and of its claim was committed together. */
    const isTogether = async (): Promise<boolean> => {
      const task = await restingTask(store);
      const step = sampleStep(task);
      await bus.queue.enqueue([step], null);
      await expect.poll(() => won, { timeout: 60_000 }).toContain(step.id);
      const { events } = await store.events({ stream: streams.task(task.taskId), limit: 9 });
      expect(events.map(({ type }) => type).slice(-2)).toEqual(['task.assigned', 'task.claimed']);
      return events.at(-1)?.cursor.xid === events.at(-2)?.cursor.xid;
    };
    // Now and then the agent looks first whether it is paused.
    await expect.poll(isTogether, { timeout: 60_000 }).toBe(true);
  } finally {
    stop.abort();
    await working;
    bus.close();
    await store.close();
    await place.drop();
  }
});
