import { z } from 'zod';

/** A program and its arguments. Never run by a shell. */
export const Argv = z.array(z.string().max(4096)).min(1).max(256);
export type Argv = z.infer<typeof Argv>;

/** Where a check came from. Only a `found` one must be green on the base to count. */
export const CheckSource = z.enum(['given', 'plan', 'task', 'config', 'found']);

/** A named command that proves a change. */
export const Check = z.strictObject({ name: z.string().min(1).max(200), argv: Argv, source: CheckSource });
export type Check = z.infer<typeof Check>;

/** A command that installs what the checks need, and the lock file (relative path) that its result depends on. */
export const Setup = z.strictObject({
  argv: Argv,
  lockfile: z.string().nullable(),
  source: z.enum(['given', 'plan', 'config', 'found']),
});
export type Setup = z.infer<typeof Setup>;
