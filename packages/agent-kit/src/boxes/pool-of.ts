import { quietUntil, type Box, type HiveConfig } from '@hive/config';
import type { Store } from '@hive/core-db';
import { figuresHoldMs, MachineFigures, streams, type BoxView, type CallView } from '@hive/events';
import {
  createPool,
  type BoxState,
  type Elsewhere,
  type Pool,
  type PoolBox,
  type PoolOptions,
} from '@hive/ollama-bridge';
import { boxesOf } from '../models/find-model.ts';
import { factsOf, type BoxFacts } from './facts-of.ts';

const defaultContext = 16_384;
/** Speeds change slowly, and the log is long. */
const factsMs = 15_000;
const lastCalls = 300;

/** The boxes of a Hive for one process: what hive.yaml, the log and the agents on their machines tell of them. Asks nobody before its first use. */
export const poolOf = (
  config: HiveConfig,
  store: Store,
  options: Pick<PoolOptions, 'asking' | 'pace' | 'clock' | 'random'> = {},
): Pool => {
  const boxes = boxesOf(config);
  const readFacts = factsReader(store);
  return createPool({
    ...options,
    pace: { idleMs: Math.min(config.pool.idleMs, mostIdleMs), ...options.pace },
    boxes: boxes.map(poolBoxOf),
    contexts: { byModel: config.pool.contexts, fallback: defaultContext },
    elsewhere: async () => {
      const [{ heads, now }, agents, facts] = await Promise.all([
        store.heads(boxes.map(({ name }) => streams.box(name))),
        store.agents(),
        readFacts(),
      ]);
      const at = Date.parse(now);
      const machines = agents.flatMap(({ figures }) => MachineFigures.safeParse(figures).data ?? []);
      return new Map(
        boxes.map((box) => {
          const view = heads.get(streams.box(box.name))?.view as BoxView | undefined; // made by foldStream
          const quiet = quietOf(box, view ?? null, at);
          const memory = memoryOf(box, machines, at);
          const known: Elsewhere = {
            ...(quiet !== null && { quietUntil: quiet }),
            ...(memory && { memory }),
            ...(box.parallel === undefined && view?.parallel && { maxInFlight: view.parallel.calls }),
            facts: facts.get(box.name) ?? {},
          };
          return [box.name, known];
        }),
      );
    },
  });
};

/** A box that goes away has to be known within 30 s, and two probes may take a while. */
const mostIdleMs = 27_000;

const poolBoxOf = ({ name, endpoint, parallel, memoryBytes }: Box): PoolBox => ({
  name,
  endpoint,
  maxInFlight: parallel ?? 1,
  memoryBytes: memoryBytes ?? null,
});

/** Until when a box is its owner's, by its hours in hive.yaml or by what was asked for; null: it is not. */
export const quietOf = (
  box: Pick<Box, 'quietHours'>,
  view: Pick<BoxView, 'quiet'> | null,
  now: number,
): number | null => {
  const asked = view?.quiet ? Date.parse(view.quiet.until) : null;
  const byHours = quietUntil(box.quietHours ?? [], now);
  const ends = [asked, byHours].filter((it): it is number => it !== null && it > now);
  return ends.length === 0 ? null : Math.max(...ends);
};

/** The memory of the graphics cards of a box, as an agent on its machine has just measured it; null: nobody has. */
export const memoryOf = (
  box: Pick<Box, 'name'>,
  machines: readonly MachineFigures[],
  now: number,
): BoxState['memory'] => {
  const own = machines.find(
    ({ boxes, gpusAt }) => boxes.includes(box.name) && gpusAt !== null && now - Date.parse(gpusAt) < figuresHoldMs,
  );
  const cards = own?.gpus.filter(({ total, used }) => total !== null && used !== null) ?? [];
  if (cards.length === 0) return null;
  const sum = (of: 'total' | 'used') => cards.reduce((all, card) => all + (card[of] ?? 0), 0);
  return { total: sum('total'), used: sum('used') };
};

const factsReader = (store: Store): (() => Promise<BoxFacts>) => {
  let read: { at: number; facts: BoxFacts } = { at: -Infinity, facts: new Map() };
  return async () => {
    if (performance.now() - read.at < factsMs) return read.facts;
    const at = performance.now();
    const { events } = await store.events({ types: ['model.called'], newest: true, limit: lastCalls });
    read = { at, facts: factsOf(events.toReversed().map(({ data }) => data as CallView)) }; // the query names the type
    return read.facts;
  };
};
