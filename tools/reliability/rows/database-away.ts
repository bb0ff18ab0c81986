import { startOwnPostgres, startPostgresProxy, onServer, type PostgresProxy } from '@hive/core-db/testing';
import { openStore } from '@hive/core-db';
import { openHouse, type House } from '../postgres/house.ts';
import { codeOf, holdsWithin, pause, type Outcome } from '../postgres/tries.ts';

export const id = 'R8';
export const title = 'the database away and back, with many agents';

const answerWithinMs = 5_000;
const backWithinMs = 10_000;
/** A process has up to seven connections; more than four for each in the first second of the return is a storm. */
const calmPerAgent = 4;

/** Takes the database away from twenty or fifty agents, once by refusing them and once by a hole, and looks at how they come back. */
export const run = async (mode: 'quick' | 'full'): Promise<Outcome> => {
  const began = performance.now();
  const [agents, awayMs] = mode === 'quick' ? [20, 6_000] : [50, 60_000];
  const server = await startOwnPostgres({ durable: false, settings: ['max_connections=500'] });
  const house = await openHouse(server.url);
  const proxy = await startPostgresProxy(house.url);
  try {
    for (let n = 0; n < agents; n++) await house.start(`agent-${n}`, proxy.url);
    const refused = await away(house, proxy, { agents, awayMs, weather: 'refused' });
    const hole = await away(house, proxy, { agents, awayMs, weather: 'blackhole' });
    const broken = await house.broken();
    return {
      runs: 2,
      interrupted: 2 * agents,
      violations: refused.violations + hole.violations + broken.length,
      ms: Math.round(performance.now() - began),
      store: 'postgres',
      notes: `${agents} agents, ${awayMs / 1000} s each. ${refused.notes} ${hole.notes}${broken.length > 0 ? ` Broken: ${broken.join(', ')}` : ''}`,
    };
  } finally {
    await house.close();
    await proxy.close();
    await server.stop();
  }
};

const away = async (
  house: House,
  proxy: PostgresProxy,
  {
    agents,
    awayMs,
    weather,
  }: { readonly agents: number; readonly awayMs: number; readonly weather: 'refused' | 'blackhole' },
) => {
  const marks = () =>
    onServer(house.url, `select string_agg(mark, ',' order by agent) from agent where mark is not null`);
  const caller = await openStore({ url: proxy.url, home: '' });
  const before = await marks();
  await proxy.weather(weather);
  const gone = performance.now();
  let slowestMs = 0;
  let unclear = 0;
  while (performance.now() - gone < awayMs) {
    const asked = performance.now();
    const error: unknown = await caller.heads(['system']).then(
      () => null,
      (thrown: unknown) => thrown,
    );
    if (codeOf(error) !== 'store.unavailable') unclear += 1;
    slowestMs = Math.max(slowestMs, performance.now() - asked);
    await pause(200);
  }
  const waiting = await Promise.all(Array.from({ length: agents }, () => house.enqueue()));
  const opened = proxy.counts().opened;
  await proxy.weather('fair');
  const back = performance.now();
  await pause(1_000);
  const rush = proxy.counts().opened - opened;
  const ended = async () => (await house.begun()).filter((step) => waiting.includes(step.id)).length === waiting.length;
  const hasNewMarks = async () => {
    const now = (await marks()).split(',');
    return now.length === agents && !now.some((mark) => before.split(',').includes(mark));
  };
  const isBack = await holdsWithin(backWithinMs - 1_000, async () => (await ended()) && (await hasNewMarks()));
  const backMs = performance.now() - back;
  await caller.close();
  const isStorm = rush > agents * calmPerAgent;
  const violations = [!isBack, isStorm, slowestMs > answerWithinMs, unclear > 0].filter(Boolean).length;
  return {
    violations,
    notes: `${weather}: callers heard after ${Math.round(slowestMs)} ms at worst, all were back after ${isBack ? Math.round(backMs) : `more than ${backWithinMs}`} ms with new numbers, ${rush} connections in the first second.`,
  };
};
