import { z } from 'zod';
import { Id } from './ids.ts';

/** The models that roles ask instead of what was said at the first time. */
export const ReplayModels = z.strictObject({
  planner: z.string().min(1).max(200).optional(),
  worker: z.string().min(1).max(200).optional(),
  reviewer: z.string().min(1).max(200).optional(),
});
export type ReplayModels = z.infer<typeof ReplayModels>;

/**
 * That a workflow is run again from its recording: calls to models that were recorded up to and including the event `upTo` are answered from it.
 * What was not recorded by then is refused (`model.replay_miss`), or asked of live models; `models` are those that its roles ask instead.
 */
export const Replay = z.strictObject({ of: Id, upTo: Id, beyond: z.enum(['refuse', 'live']), models: ReplayModels });
export type Replay = z.infer<typeof Replay>;

/** What `POST /workflows/{id}/replay` takes. */
export const ReplayRequest = z.strictObject({
  at: z
    .string()
    .min(1)
    .max(100)
    .optional()
    .describe(
      'a position or an event of the workflow: what comes after it is asked of live models; without it nothing is',
    ),
  models: ReplayModels.optional().describe('who is asked after it, by role'),
});
export type ReplayRequest = z.infer<typeof ReplayRequest>;

const Side = z.object({
  workflow: Id,
  status: z.string(),
  replayed: z.object({ calls: z.int(), tokens: z.int() }).describe('answered from a recording or the cache'),
  paid: z.object({ calls: z.int(), tokens: z.int(), costUsd: z.number().nullable() }),
  ms: z.int().nullable().describe('from the submission to the end; null while it runs'),
  diff: z.object({ files: z.int(), added: z.int(), removed: z.int() }).describe('what was merged'),
});

const TaskSide = z.object({
  id: Id,
  status: z.string(),
  code: z.string().nullable(),
  author: z.string().nullable(),
  tree: z.string().nullable().describe('the tree of the merged commit, or of the one that was checked last'),
});
export type TaskSide = z.infer<typeof TaskSide>;

/** A workflow beside the one whose recording it ran from. `equal` says that nothing differs but ids and times. */
export const Comparison = z.object({
  replay: Replay,
  then: Side,
  now: Side,
  tasks: z.array(z.object({ key: z.string(), title: z.string(), then: TaskSide.nullable(), now: TaskSide.nullable() })),
  equal: z.boolean(),
  differences: z.array(z.string()).describe('in sentences, the first hundred'),
});
export type Comparison = z.infer<typeof Comparison>;
