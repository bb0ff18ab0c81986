import { expect, test } from 'vitest';
import { pino } from 'pino';
import { createStepRunner } from './step-runner.ts';
import { openHouse } from './testing/index.ts';

test('an agent asks the crowd when it rings, and not before it looks by itself', { timeout: 60_000 }, async () => {
  const house = await openHouse();
  const taken = Promise.withResolvers<void>();
  const stop = new AbortController();
  let looks = 0;
  const looked = Promise.withResolvers<void>();
  const bus = {
    ...house.bus,
    queue: {
      ...house.bus.queue,
      claim: async (...of: Parameters<typeof house.bus.queue.claim>) => {
        const won = await house.bus.queue.claim(...of);
        looks += 1;
        looked.resolve();
        return won;
      },
    },
  };
  const asked: number[] = [];
  const crowd = {
    see: () => undefined,
    waitMs: () => {
      asked.push(looks);
      return 20;
    },
  };
  const agent = {
    name: 'worker',
    steps: {
      work: () => {
        taken.resolve();
        return Promise.resolve([]);
      },
    },
  };
  const { config, artefacts, pool } = house;
  const place = { agent: 'worker', incarnation: 'one', host: 'here', log: pino({ level: 'silent' }) };
  const running = createStepRunner(agent, { config, bus, artefacts, pool, ...place }, undefined, crowd).run(
    stop.signal,
    stop.signal,
  );
  try {
    await looked.promise;
    expect(asked).toEqual([]);
    const [task = ''] = await house.begin({ repo: '/r', base: '1'.repeat(40) }, {});
    await house.enqueue(task, 'work');
    await taken.promise;
    expect(asked.length).toBeGreaterThan(0);
  } finally {
    stop.abort();
    await running;
    await house.close();
  }
});
