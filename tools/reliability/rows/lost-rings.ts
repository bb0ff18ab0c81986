import { startOwnPostgres, startPostgresProxy } from '@hive/core-db/testing';
import { openHouse } from '../postgres/house.ts';
import { holdsWithin, pause, percentile, seeded, type Outcome } from '../postgres/tries.ts';

export const id = 'R8b';
export const title = 'rings of the doorbell lost, doubled, late and out of order';

const seed = 8;
/** A step that is found by looking once a second, and the time that finding and recording take. */
const startWithinMs = 1_000;
const slackMs = 500;

/** Four agents whose doorbell is broken in one way or another get steps at random moments, then many at once. */
export const run = async (mode: 'quick' | 'full'): Promise<Outcome> => {
  const began = performance.now();
  const steps = mode === 'quick' ? 12 : 120;
  const ways = {
    whole: () => [0],
    lost: () => [],
    mangled: (random: () => number) => (random() < 0.5 ? [] : [0, random() * 50, random() * 400]),
  };
  const found: Record<string, Tried> = {};
  for (const [way, ring] of Object.entries(ways)) found[way] = await tryRings(steps, ring);
  const { whole, lost, mangled } = found as Record<keyof typeof ways, Tried>;
  const late = [lost, mangled].filter((it) => it.worstMs > startWithinMs + slackMs).length;
  const unfinished = Object.values(found).reduce((sum, it) => sum + it.unfinished, 0);
  const slow = lost.perSecond < whole.perSecond * 0.5 ? 1 : 0;
  const biteless = lost.byPoll > whole.byPoll ? 0 : 1;
  const told = (it: Tried) =>
    `p50 ${Math.round(it.medianMs)} ms, worst ${it.worstMs} ms, ${Math.round(it.byPoll * 100)} % found by poll, ${Math.round(it.perSecond)}/s in bulk`;
  return {
    runs: 3 * steps,
    interrupted: 2 * steps,
    violations: late + unfinished + slow + biteless,
    seeds: String(seed),
    ms: Math.round(performance.now() - began),
    store: 'postgres',
    notes: `all heard: ${told(whole)}; none heard: ${told(lost)}; mangled: ${told(mangled)}`,
  };
};

type Tried = { medianMs: number; worstMs: number; byPoll: number; perSecond: number; unfinished: number };

/** What is heard starts within a few milliseconds; what took longer than this was found by looking. */
const heardWithinMs = 100;

const tryRings = async (steps: number, ring: (random: () => number) => readonly number[]): Promise<Tried> => {
  const random = seeded(seed);
  const server = await startOwnPostgres({ durable: false });
  const house = await openHouse(server.url);
  const proxy = await startPostgresProxy(house.url, { onRing: () => ring(random) });
  try {
    for (let n = 0; n < 2; n++) await house.start(`agent-${n}`, proxy.url);
    const single = new Set<string>();
    for (let n = 0; n < steps; n++) {
      await pause(50 + random() * 250);
      single.add(await house.enqueue());
    }
    const begun = async (ids: ReadonlySet<string>) => (await house.begun()).filter((step) => ids.has(step.id));
    const all = async (ids: ReadonlySet<string>) => (await begun(ids)).length === ids.size;
    await holdsWithin(5_000, () => all(single));
    const waits = (await begun(single)).map((step) => step.waitedMs);

    const bulk = new Set<string>();
    const start = performance.now();
    for (let n = 0; n < steps * 5; n++) bulk.add(await house.enqueue());
    await holdsWithin(30_000, () => all(bulk));
    return {
      medianMs: percentile(waits, 50),
      worstMs: percentile(waits, 100),
      byPoll: waits.filter((ms) => ms > heardWithinMs).length / waits.length,
      perSecond: bulk.size / ((performance.now() - start) / 1_000),
      unfinished: single.size - waits.length + (bulk.size - (await begun(bulk)).length),
    };
  } finally {
    await house.close();
    await proxy.close();
    await server.stop();
  }
};
