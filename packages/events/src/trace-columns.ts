import { z } from 'zod';
import { Id } from './ids.ts';

const ints = z.array(z.int());

/**
 * A part of a trace as columns: one place in each list for each event, in log order, without payloads. What a picture needs costs a tenth of the
 * events themselves, and is read without making an object for each.
 */
export const TraceColumns = z.object({
  correlationId: Id,
  next: z.string().nullable().describe('the `after` of the following part; null: this is the last one'),
  ids: z.string().describe('32 hexadecimal digits for each event, without the hyphens'),
  positions: ints.describe('each minus the one before; the first one whole'),
  times: ints.describe('in ms since 1970, each minus the one before; the first one whole'),
  causes: ints.describe('how far before the event the position of its cause is; 0: none, or not in this trace'),
  types: ints.describe('of `strings`, like actors, subjects and words'),
  actors: ints,
  subjects: ints.describe('the task that the event is about, or its stream for all else'),
  words: ints,
  steps: ints.describe('0 none, 1 plan, 2 work, 3 check, 4 review, 5 merge'),
  took: ints.describe('how long a call to a model had taken, in ms'),
  flags: ints.describe('1 it tells of an error, 2 the subject is a task, 4 the author of the task is a model'),
  strings: z.array(z.string()),
});
export type TraceColumns = z.infer<typeof TraceColumns>;
