import { defineAgent, type Agent } from '@hive/agent-kit';
import { onServer, startOwnPostgres } from '@hive/core-db/testing';
import { maxEventBytes } from '@hive/events';
import { openHouse, unwanted } from '../postgres/house.ts';
import { holdsWithin, type Outcome } from '../postgres/tries.ts';

export const id = 'R9';
export const title = 'one in a hundred steps and events is poison';

const ways = ['throws', 'hangs', 'answers too much'] as const;
const maxAttempts = 3;

/** Neighbours go on, poison is given up after its attempts, and whoever follows the log gets past an event that cannot be handled. */
export const run = async (mode: 'quick' | 'full'): Promise<Outcome> => {
  const began = performance.now();
  const steps = mode === 'quick' ? 300 : 10_000;
  const server = await startOwnPostgres({ durable: false });
  try {
    const well = await tryPoison(server.url, steps, 0);
    const ill = await tryPoison(server.url, steps, steps / 100);
    const violations = [...well.wrong, ...ill.wrong];
    const share = Math.round((ill.perSecond / well.perSecond) * 100);
    return {
      runs: steps / 100,
      interrupted: steps / 100,
      violations: violations.length,
      ms: Math.round(performance.now() - began),
      store: 'postgres',
      notes: [
        `${steps} steps; with poison among them the others ran at ${share} % of the speed without`,
        `${ill.letters} of ${steps / 100} events went to the dead letters, and the follower handled all the others`,
        ...violations.slice(0, 5),
      ].join('; '),
    };
  } finally {
    await server.stop();
  }
};

const tryPoison = async (server: string, steps: number, poisoned: number) => {
  const house = await openHouse(server);
  const poison = new Map<string, (typeof ways)[number]>();
  const handled = new Map<string, number>();
  const stop = new AbortController();
  try {
    const all: string[] = [];
    for (let n = 0; n < steps; n++) {
      const workflow = await house.enqueue();
      all.push(workflow);
      if (poison.size < poisoned && n % 100 === 50) poison.set(workflow, ways[poison.size % ways.length] ?? 'throws');
    }
    const started = performance.now();
    for (let n = 0; n < 2; n++) await house.start(`agent-${n}`, house.url, eating(poison));
    const following = house.bus.follow({
      name: 'eater',
      types: ['workflow.submitted'],
      start: 'origin',
      signal: stop.signal,
      handle: ({ correlationId }) => {
        if (poison.has(correlationId)) return Promise.reject(new Error('poison'));
        handled.set(correlationId, (handled.get(correlationId) ?? 0) + 1);
        return Promise.resolve([]);
      },
    });
    const count = async (where: string): Promise<number> =>
      Number(await onServer(house.url, `select count(*) from ${where}`));
    const neighbours = steps - poison.size;
    const areDone = await holdsWithin(
      60_000 + steps * 20,
      async () => (await count(`event where type = 'workflow.plan_failed'`)) >= neighbours,
    );
    const perSecond = (neighbours / (performance.now() - started)) * 1_000;
    const attempts = `event where type = 'task.attempt_failed'`;
    const areGivenUp = await holdsWithin(
      60_000,
      async () => (await count(`${attempts} and (data ->> 'final')::bool`)) >= poison.size,
    );
    const areFollowed = await holdsWithin(
      30_000 + poison.size * 5_000,
      async () => handled.size >= neighbours && (await count('dead_letter')) >= poison.size,
    );
    const letters = await count('dead_letter');
    const tries = await count(attempts);
    stop.abort();
    await following;
    return {
      perSecond,
      letters,
      wrong: [
        ...(areDone ? [] : ['neighbours of poison did not end']),
        ...(areGivenUp && tries <= poison.size * maxAttempts ? [] : [`poison was tried ${tries} times`]),
        ...(areFollowed ? [] : [`the follower handled ${handled.size} of ${neighbours} events`]),
        ...(letters === poison.size ? [] : [`${letters} dead letters of ${poison.size} events`]),
        ...[...handled].filter(([, times]) => times > 1).map(([event]) => `${event} was handled twice`),
        ...(await house.broken()),
      ],
    };
  } finally {
    stop.abort();
    await house.close();
  }
};

/** Takes plans; what is poison for it is never digested. */
const eating = (poison: ReadonlyMap<string, (typeof ways)[number]>): Agent<undefined> =>
  defineAgent({
    name: 'planner',
    concurrency: 4,
    deadlineMs: () => 500,
    steps: {
      plan: ({ workflow }) => {
        const way = poison.get(workflow.id);
        if (way === 'throws') throw new Error('poison');
        if (way === 'hangs') return new Promise<never>(() => {});
        return Promise.resolve([unwanted(workflow.id, way && 'x'.repeat(maxEventBytes))]);
      },
    },
  });
