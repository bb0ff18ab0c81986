import type { AgentRow } from '@hive/core-db';

/** So many of a role look for work as soon as it is rung for. */
const atOnce = 4;
/** How far apart the others look, on average over all of them together, in milliseconds. */
const apartMs = 5;

/**
 * Every ring is heard by all agents of a role, and one step is won by one of them. With sixty of them the empty looks of the others would cost more
 * than the work. So a few look at once, drawn by chance, and the rest a little later and spread out; whoever is free soon after a ring has
 * not been among the few is found by that later look, long before the regular one.
 */
export type Crowd = {
  /** Counts who is there. */
  see(agents: readonly AgentRow[]): void;
  /** How long to wait after a ring before looking, in milliseconds; 0 where few are there. */
  waitMs(): number;
};

/** The crowd of an agent's role. `random` is in [0, 1). */
export const createCrowd = (role: string, random: () => number): Crowd => {
  let there = 1;
  return {
    see: (agents) => {
      there = agents.filter((it) => it.role === role && it.status !== 'draining').length;
    },
    waitMs: () => (random() * there < atOnce ? 0 : random() * 2 * apartMs * there),
  };
};
