import { z } from 'zod';
import { ApprovalKind, ApprovalTier } from './approval.ts';
import { Evidence, Finding } from './evidence.ts';
import { Id, Sha } from './ids.ts';
import { PauseNote } from './pause.ts';
import { Usage } from './workflow.ts';

/** How a task is told to people and programs. */
export const TaskStatus = z.enum([
  'pending',
  'ready',
  'working',
  'submitted',
  'checked',
  'reviewed',
  'merged',
  'completed',
  'refused',
  'failed',
  'infra',
  'blocked',
  'cancelled',
  'waiting',
]);
export type TaskStatus = z.infer<typeof TaskStatus>;

/** One task of a {@link Result}. */
export const TaskResult = z.object({
  id: Id,
  key: z.string(),
  title: z.string(),
  author: z.string().nullable(),
  status: TaskStatus,
  code: z.string().nullable(),
  reason: z.string().nullable(),
  findings: z.array(Finding),
  attempts: z.int(),
  commit: Sha.nullable(),
  evidence: Evidence.nullable(),
});
export type TaskResult = z.infer<typeof TaskResult>;

/** What `run`, `submit` and `wait` answer. */
export const Result = z.object({
  workflow: Id,
  correlationId: Id,
  goal: z.string(),
  status: z.enum(['submitted', 'planned', 'running', 'paused', 'waiting', 'completed', 'failed', 'cancelled']),
  code: z.string().nullable(),
  reason: z.string().nullable(),
  repo: z.string(),
  base: Sha,
  branch: z.string().nullable(),
  head: Sha.nullable(),
  into: z.string().nullable().describe('what became of --into: moved, or why not'),
  merged: z.int(),
  tasks: z.array(TaskResult),
  usage: Usage,
  example: z.boolean(),
  submittedAt: z.string(),
  settledAt: z.string().nullable(),
  paused: PauseNote.optional(),
  approvals: z
    .array(
      z.object({
        id: Id,
        kind: ApprovalKind,
        tier: ApprovalTier,
        taskId: Id.nullable(),
        action: z.string(),
        actionHash: z.string(),
        expiresAt: z.string(),
      }),
    )
    .optional()
    .describe('what a person is asked about it now'),
});
export type Result = z.infer<typeof Result>;

export { exitCodeOf, isSettled, resultOf, taskResult, taskStatus, usageOf, workflowStatus } from './result-of.ts';
