import { z } from 'zod';

const aYearS = 366 * 86_400;

/**
 * What becomes of a submission whose key is taken. `keep`: nothing is recorded, and the answer names the one that is there. `replace`: the open
 * one is cancelled in its favour. `debounce`: likewise while that one has not begun to work; one that has is kept.
 */
export const DedupeMode = z.enum(['keep', 'replace', 'debounce']);
export type DedupeMode = z.infer<typeof DedupeMode>;

/** Makes a submission unique in its repository while another one with this key is open. */
export const Dedupe = z.strictObject({
  key: z
    .string()
    .min(1)
    .max(200)
    .regex(/^\P{Cc}*$/u, 'it has control characters')
    .regex(/\S/, 'it is blank'),
  windowS: z
    .int()
    .positive()
    .max(aYearS)
    .optional()
    .describe(
      'also one that was submitted so many seconds ago takes the key, though it is over; not if it was cancelled',
    ),
  mode: DedupeMode.optional().describe('default: keep'),
});
export type Dedupe = z.infer<typeof Dedupe>;
