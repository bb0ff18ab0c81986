import { z } from 'zod';
import { Id } from './ids.ts';
import { TaskStatus } from './result.ts';
import { taskStates } from './transitions.ts';

/** A need of a task that has not ended well (yet). */
export const OpenNeed = z.object({ id: Id, key: z.string(), status: TaskStatus });
export type OpenNeed = z.infer<typeof OpenNeed>;

/** A task as a card of the board: what tells it from others, and why it stands where it stands. */
export const TaskCard = z.object({
  id: Id,
  workflowId: Id,
  goal: z.string().describe('of its workflow; the first 200 characters'),
  key: z.string(),
  title: z.string(),
  state: z.enum(taskStates),
  status: TaskStatus,
  kind: z.enum(['change', 'command']),
  author: z.string().nullable(),
  priority: z.int(),
  code: z.string().nullable(),
  reason: z.string().nullable().describe('the first 300 characters'),
  attempts: z.int().describe('failures of the work since it was begun anew'),
  rescues: z.int(),
  agent: z.string().nullable().describe('who works on it now'),
  blockedBy: z.array(OpenNeed).describe('only of a task that has not begun'),
  createdAt: z.string(),
  changedAt: z.string().describe('its last event'),
});
export type TaskCard = z.infer<typeof TaskCard>;

/** How many tasks are in which state; states that none is in are left out. */
export const TaskCounts = z.object({ counts: z.record(z.string(), z.int()) });
export type TaskCounts = z.infer<typeof TaskCounts>;
