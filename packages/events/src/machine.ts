import { z } from 'zod';

/** A graphics card as its driver tells; bytes, percent, degrees and watts; null where it does not say. */
export const GpuFigures = z.object({
  id: z.string(),
  name: z.string().nullable(),
  total: z.number().nullable(),
  used: z.number().nullable(),
  busy: z.number().nullable(),
  celsius: z.number().nullable(),
  watts: z.number().nullable(),
});
export type GpuFigures = z.infer<typeof GpuFigures>;

/** What an agent measured of the machine that it runs on. `at`: when. Kept in the agent's row, never an event. */
export const MachineFigures = z.object({
  at: z.string(),
  /** The boxes of hive.yaml that are this machine. */
  boxes: z.array(z.string()),
  /** Percent of all processors since the look before; null: the first look, or not known here. */
  cpu: z.number().nullable(),
  memory: z.object({ total: z.number(), used: z.number() }).nullable(),
  gpus: z.array(GpuFigures),
  /** `silent`: a driver is there and did not answer in time; the cards are as they were at `gpusAt`. */
  driver: z.enum(['none', 'answers', 'silent']),
  gpusAt: z.string().nullable(),
});
export type MachineFigures = z.infer<typeof MachineFigures>;

/** Figures that are older are shown as unknown. */
export const figuresHoldMs = 30_000;
