import { createHorizonWatch, type Context } from '@hive/agent-kit';
import { newId } from '@hive/bus';
import { databaseName, inDatabase, onServer, openWriter, startOwnPostgres } from '@hive/core-db/testing';
import { streams, type SystemView } from '@hive/events';
import { openHouse } from '../postgres/house.ts';
import { holdsWithin, pause, type Outcome } from '../postgres/tries.ts';

export const id = 'R8c';
export const title = 'a foreign transaction that holds back the readers';

/** A writer in another database of the same server keeps its transaction open: readers wait, the queue does not, and an alert says who it is. */
export const run = async (mode: 'quick' | 'full'): Promise<Outcome> => {
  const began = performance.now();
  const heldMs = mode === 'quick' ? 4_000 : 30_000;
  const server = await startOwnPostgres({ durable: false });
  const house = await openHouse(server.url);
  const other = databaseName('other');
  await onServer(server.url, `create database ${other}`);
  const incarnation = newId();
  const registered = {
    agent: 'watch',
    role: 'orchestrator',
    incarnation,
    host: 'here',
    pid: process.pid,
    capabilities: [],
    version: '0',
  };
  await house.bus.command({
    on: null,
    correlationId: incarnation,
    events: [{ type: 'agent.registered', stream: streams.agent(incarnation), data: registered }],
  });
  // The watch of the orchestrator, which asks for nothing else of its context.
  const watch = createHorizonWatch({ bus: house.bus, incarnation } as unknown as Context);
  const alert = async () =>
    ((await house.store.heads([streams.system])).heads.get(streams.system)?.view as SystemView | undefined)?.alerts?.[
      'store.horizon'
    ];
  const ended = () =>
    onServer(house.url, `select count(*) from event where type = 'workflow.plan_failed'`).then(Number);
  const foreign = await openWriter(inDatabase(server.url, other), 'nightly-report');
  const wrong: string[] = [];
  try {
    await house.start('agent', house.url);
    const steps = 20;
    for (let n = 0; n < steps; n++) await house.enqueue();
    if (!(await holdsWithin(5_000, async () => (await ended()) === steps))) wrong.push('the queue stood still');
    if ((await house.begun()).length > 0) wrong.push('readers were not held back, so nothing was tried');
    const until = performance.now() + heldMs;
    while (performance.now() < until) {
      await watch.look();
      await pause(250);
    }
    const said = await alert();
    if (said === undefined || !said.includes(`session ${foreign.pid} of nightly-report in the database ${other}`))
      wrong.push(`the alert said ${said ?? 'nothing'}`);
    const { lagMs = 0 } = (await house.store.horizon?.()) ?? {};
    await foreign.end();
    const isSeen = async () => (await house.begun()).length === steps;
    if (!(await holdsWithin(2_000, isSeen))) wrong.push('readers did not go on');
    const isQuiet = async () => (await watch.look(), (await alert()) === undefined);
    if (!(await holdsWithin(3_000, isQuiet))) wrong.push('the alert stayed');
    wrong.push(...(await house.broken()));
    return {
      runs: 1,
      interrupted: steps,
      violations: wrong.length,
      ms: Math.round(performance.now() - began),
      store: 'postgres',
      notes:
        wrong.join('; ') ||
        `readers held back for ${(lagMs / 1000).toFixed(1)} s while all ${steps} steps ran; alert: ${said ?? ''}`,
    };
  } finally {
    await foreign.end();
    await house.close();
    await server.stop();
  }
};
