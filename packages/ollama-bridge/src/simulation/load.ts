import { z } from 'zod';

/** Calls to models as they came in: `at` in seconds, tokens as they were. The models and boxes that a recording speaks of stand beside it. */
export const Load = z.strictObject({
  boxes: z.array(
    z.strictObject({
      name: z.string(),
      tokensPerS: z.number().positive(),
      memory: z.number().positive().describe('bytes for models'),
      models: z.array(z.string()).min(1),
    }),
  ),
  models: z.array(z.strictObject({ name: z.string(), size: z.number().positive() })),
  calls: z.array(z.strictObject({ at: z.number(), model: z.string(), prompt: z.int(), output: z.int() })),
});
export type Load = z.infer<typeof Load>;

/** Random numbers in [0, 1) that are the same for the same seed (mulberry32). */
export const chanceOf = (seed: number): (() => number) => {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
};

const sigma = 1.2;
const models = [
  { name: 'large:30b', size: 18e9 },
  { name: 'middle:14b', size: 9e9 },
  { name: 'small:7b', size: 5e9 },
] as const;
const boxes = [
  { name: 'ash', tokensPerS: 10, memory: 24e9, models: ['large:30b', 'middle:14b', 'small:7b'] },
  { name: 'birch', tokensPerS: 25, memory: 16e9, models: ['middle:14b', 'small:7b'] },
  { name: 'cedar', tokensPerS: 40, memory: 24e9, models: ['large:30b', 'small:7b'] },
  { name: 'elm', tokensPerS: 80, memory: 24e9, models: ['large:30b', 'middle:14b'] },
];

/** Four boxes of 10 to 80 tokens per second, three models, log-normal lengths, Poisson arrivals at a share of what the boxes can do. */
export const drawnLoad = (
  seed: number,
  { calls, share = 0.7, same = false }: { readonly calls: number; readonly share?: number; readonly same?: boolean },
): Load => {
  const chance = chanceOf(seed);
  const normal = () => Math.sqrt(-2 * Math.log(1 - chance())) * Math.cos(2 * Math.PI * chance());
  const length = (median: number, most: number) =>
    Math.max(8, Math.min(most, Math.round(median * Math.exp(sigma * normal()))));
  const drawn = Array.from({ length: calls }, () => ({
    model: models[Math.floor(chance() * models.length)]?.name ?? models[0].name,
    prompt: length(1500, 12_000),
    output: length(250, 4000),
  }));
  const names = models.map(({ name }) => name);
  const pool = boxes.map((box) => (same ? { ...box, memory: 40e9, models: names } : box));
  // A box reads twenty times as fast as it writes.
  const mean = drawn.reduce((sum, it) => sum + it.output + it.prompt / prefillFactor, 0) / calls;
  const rate = (share * pool.reduce((sum, box) => sum + box.tokensPerS, 0)) / mean;
  let at = 0;
  return {
    boxes: pool,
    models: [...models],
    calls: drawn.map((it) => ({ ...it, at: (at -= Math.log(1 - chance()) / rate) })),
  };
};

/** How many times as fast as it writes a box reads. */
export const prefillFactor = 20;
