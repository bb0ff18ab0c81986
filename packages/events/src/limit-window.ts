import { z } from 'zod';
import { Id } from './ids.ts';

/** What was last told of one limit of a provider, such as a window of a plan. */
export const LimitWindow = z.object({
  of: z.string().describe('the way to the provider: claude, claude-code, ollama@<box>'),
  kind: z.string().describe('such as five_hour or seven_day; an open set'),
  model: z.string().nullable().describe('null: it holds for all models'),
  usedShare: z.number().nullable().describe('0 to 1, as it was last told; null: not reported'),
  resetsAt: z.string().nullable(),
  hit: z.boolean().describe('false: near, and calls are still answered'),
  at: z.string().describe('when it was told'),
  callId: Id.describe('the call that was told it'),
});
export type LimitWindow = z.infer<typeof LimitWindow>;
