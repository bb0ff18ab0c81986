import { z } from 'zod';
import { GpuFigures } from './machine.ts';

/** A model that a box has. Bytes, tokens, and tokens per second; null where nobody knows. */
export const BoxModelSummary = z.object({
  name: z.string(),
  size: z.number(),
  context: z.int().describe('tokens of context that every call of it is sent with'),
  loaded: z.boolean(),
  can: z.array(z.string()).nullable().describe('what it says that it can do, e.g. tools'),
  tokensPerS: z.number().nullable().describe('folded from recorded calls'),
  calls: z.int().describe('how many of them'),
  digest: z.string().optional().describe('what the model is, whatever it is called'),
  toolsLearnt: z
    .object({ calls: z.boolean(), because: z.string(), at: z.string() })
    .nullable()
    .optional()
    .describe('how it did with tools; `calls` false: it only talks. Told by `box.tools_learnt`'),
});
export type BoxModelSummary = z.infer<typeof BoxModelSummary>;

/** A box of the pool. */
export const BoxSummary = z.object({
  name: z.string(),
  title: z.string(),
  endpoint: z.string(),
  status: z.enum(['up', 'away', 'quiet', 'unknown']).describe("`quiet`: it is its owner's, and up"),
  since: z.string().nullable().describe('when it came or went, as recorded'),
  reason: z.string().nullable().describe('why it is away'),
  version: z.string().nullable(),
  models: z.array(BoxModelSummary),
  memory: z
    .object({ total: z.number(), used: z.number() })
    .nullable()
    .describe('of its graphics cards, or as configured; null: unknown'),
  parallel: z.int().describe('calls that are sent to it at once'),
  parallelBecause: z
    .string()
    .nullable()
    .optional()
    .describe('what its calls have shown, where hive.yaml does not say how many; told by `box.parallel_changed`'),
  running: z.int(),
  waiting: z.int(),
  quietUntil: z.string().nullable(),
  machine: z
    .object({
      ageMs: z.int(),
      cpu: z.number().nullable(),
      memory: z.object({ total: z.number(), used: z.number() }).nullable(),
      gpus: z.array(GpuFigures),
      driver: z.enum(['none', 'answers', 'silent']),
    })
    .nullable()
    .describe('what an agent on it has measured within the last 30 s; null: unknown'),
});
export type BoxSummary = z.infer<typeof BoxSummary>;

/** What `POST /boxes/{name}/quiet` takes: its owner wants it until then. Absent: it is given back. */
export const QuietRequest = z.strictObject({
  until: z.iso.datetime().optional(),
  by: z.string().min(1).max(200).optional(),
});
export type QuietRequest = z.infer<typeof QuietRequest>;

/** What `POST /boxes/{name}/tools` takes: a model there was tried, and did or did not call a tool. */
export const ToolsRequest = z.strictObject({
  model: z.string().min(1).max(300),
  digest: z.string().min(1).max(200).describe('of the model that was tried'),
  calls: z.boolean(),
  by: z.string().min(1).max(200).optional(),
});
export type ToolsRequest = z.infer<typeof ToolsRequest>;
