import { z } from 'zod';

/** Which traces: all conditions must hold. What is only known of tasks and calls is looked up trace by trace, so pages of it are shorter. */
export const TraceFilter = z.strictObject({
  status: z
    .string()
    .max(200)
    .optional()
    .describe('of the workflow, separated by commas; waiting: for a person; process: the trace of a process'),
  repo: z.string().max(4096).optional().describe('a part of the path of the repository'),
  text: z.string().max(500).optional().describe('words, each of them somewhere in the goal or the id'),
  since: z.string().max(100).optional().describe('begun at this moment or later (ISO)'),
  before: z.string().max(100).optional().describe('begun before this moment (ISO)'),
  minMs: z.int().nonnegative().optional().describe('at least so long from its first to its last event'),
  maxMs: z.int().nonnegative().optional().describe('at most so long'),
  minErrors: z.int().nonnegative().optional().describe('at least so many events that tell of a failure'),
  model: z.string().max(200).optional().describe('a part of the name of a model that was called or asked for'),
  author: z.string().max(200).optional().describe('a part of who wrote one of its changes: human, oracle, a model'),
  agent: z.string().max(200).optional().describe('a part of the name of an agent that took one of its steps'),
  code: z.string().max(100).optional().describe('the code that one of its tasks ended with, such as checks.red'),
  minUsd: z.number().nonnegative().optional().describe('its calls cost at least so much'),
});
export type TraceFilter = z.infer<typeof TraceFilter>;
