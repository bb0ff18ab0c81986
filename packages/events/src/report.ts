import { z } from 'zod';
import { Id } from './ids.ts';

const Events = z.array(z.string()).describe('the events behind it, by id');
const OfTask = { task: Id, key: z.string(), title: z.string(), workflow: Id, at: z.string(), events: Events };

/** What happened between two moments, folded from the log. Every figure names the events that it was folded from. */
export const Report = z.object({
  since: z.string(),
  until: z.string(),
  merged: z.array(
    z.object({ ...OfTask, commit: z.string().nullable(), redBefore: z.string(), reviewers: z.array(z.string()) }),
  ),
  waiting: z
    .array(
      z.object({ kind: z.enum(['task', 'workflow']), id: Id, what: z.string(), reason: z.string(), events: Events }),
    )
    .describe('what waits for a person now, whenever it began to'),
  refused: z
    .array(
      z.object({
        ...OfTask,
        task: Id.nullable().describe('null: the plan of the workflow, which has no tasks then'),
        how: z.string(),
        code: z.string(),
        reason: z.string(),
      }),
    )
    .describe('what did not get through'),
  limits: z.array(
    z.object({
      provider: z.string(),
      kind: z.string(),
      until: z.string().describe('the last moment that was waited for'),
      tasks: z.int().describe('tasks and plans that waited'),
      waitedMs: z.int().describe('all of them together'),
      events: Events,
    }),
  ),
  usage: z.array(
    z.object({
      provider: z.string(),
      model: z.string(),
      calls: z.int(),
      failed: z.int(),
      free: z.int().describe('answered from a recording or the cache'),
      input: z.int(),
      output: z.int(),
      cached: z.int(),
      costUsd: z.number().nullable().describe('null where a call has no price'),
      events: Events,
    }),
  ),
  repeated: z.array(
    z.object({
      step: z.string(),
      why: z.enum(['failed', 'lost', 'returned']),
      count: z.int(),
      events: Events,
    }),
  ),
});
export type Report = z.infer<typeof Report>;

export { reportOf, type Reported } from './report-of.ts';
