/** How often and how fast a program died lately, and what follows. */
export type Restart = { readonly delayMs: number; readonly isLooping: boolean };

const calmMs = 60_000;
const loopAfter = 5;

/** The deaths that count: those since the program last ran for a minute. */
export const recentDeaths = (deaths: readonly number[], startedAt: number, now: number): number[] =>
  now - startedAt >= calmMs ? [now] : [...deaths, now];

/** The n-th death in a row is followed by a restart: at once, then slower and slower, half a minute at most. */
export const restartAfter = (deaths: number): Restart => ({
  delayMs: Math.min(30_000, 100 * 2 ** Math.max(0, deaths - 1)),
  isLooping: deaths >= loopAfter,
});
