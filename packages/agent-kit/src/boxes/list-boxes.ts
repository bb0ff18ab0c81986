import type { HiveConfig } from '@hive/config';
import type { Store } from '@hive/core-db';
import { figuresHoldMs, MachineFigures, streams, type BoxSummary, type BoxView } from '@hive/events';
import { createLocalPlaces, PlacedSchema, type Places, type Pool } from '@hive/ollama-bridge';
import { createHoldings } from '@hive/bus';
import { boxesOf } from '../models/find-model.ts';

/** All boxes as they are now: each is asked, and has its time to answer. */
export const listBoxes = async (config: HiveConfig, store: Store, pool: Pool): Promise<readonly BoxSummary[]> => {
  const boxes = boxesOf(config);
  const held = await createHoldings(store, null).read();
  const now = Date.parse(held.now);
  const placed = held.all.flatMap((it) => PlacedSchema.safeParse(it).data ?? []);
  const places: Places = { ...createLocalPlaces(), read: () => Promise.resolve({ placed, now, turn: 0 }) };
  const [{ heads }, agents] = await Promise.all([
    store.heads(boxes.map(({ name }) => streams.box(name))),
    store.agents(),
    pool.look(),
  ]);
  const state = await pool.state(places);
  const machines = agents.flatMap(({ figures }) => MachineFigures.safeParse(figures).data ?? []);
  const seen = new Map(pool.seen().map((it) => [it.name, it]));
  return boxes.map((box): BoxSummary => {
    const told = state.boxes.find(({ name }) => name === box.name);
    const found = seen.get(box.name);
    const view = heads.get(streams.box(box.name))?.view as BoxView | undefined; // made by foldStream
    const up = found?.up ?? null;
    const quietUntil = told?.quietUntil ?? null;
    const here = placed.filter((it) => it.box === box.name);
    return {
      name: box.name,
      title: box.title,
      endpoint: box.endpoint,
      status: up === null ? 'unknown' : up ? (quietUntil === null ? 'up' : 'quiet') : 'away',
      since: view?.up === up ? (view?.since ?? null) : null,
      reason: up === false ? (found?.trouble ?? null) : null,
      version: up ? (found?.seen?.version ?? null) : null,
      models: (up ? (told?.models ?? []) : []).map(({ name, digest, size, numCtx, can }) => ({
        name,
        size,
        context: numCtx,
        loaded: told?.loaded.some((it) => it.digest === digest) ?? false,
        can: can === null ? null : [...can],
        tokensPerS: told?.facts[digest]?.decodeTps ?? null,
        calls: told?.facts[digest]?.calls ?? 0,
        digest,
        toolsLearnt: view?.tools?.[digest] ?? null,
      })),
      memory: told?.memory ?? null,
      parallel: told?.maxInFlight ?? 1,
      parallelBecause: box.parallel === undefined ? (view?.parallel?.because ?? null) : null,
      running: here.filter((it) => it.state === 'runs').length,
      waiting: here.filter((it) => it.state === 'waits').length,
      quietUntil: quietUntil === null ? null : new Date(quietUntil).toISOString(),
      machine: machineOf(box.name, machines, now),
    };
  });
};

const machineOf = (name: string, machines: readonly MachineFigures[], now: number): BoxSummary['machine'] => {
  const own = machines.find(({ boxes, at }) => boxes.includes(name) && now - Date.parse(at) < figuresHoldMs);
  if (!own) return null;
  const { at, cpu, memory, gpus, driver, gpusAt } = own;
  const isFresh = gpusAt !== null && now - Date.parse(gpusAt) < figuresHoldMs;
  return { ageMs: Math.max(0, Math.round(now - Date.parse(at))), cpu, memory, gpus: isFresh ? gpus : [], driver };
};
