import type { z } from 'zod';

/** Names the events of one topic: `topic('task', { claimed: … })` gives `{ 'task.claimed': … }`. */
export const topic = <T extends string, S extends Record<string, z.ZodType>>(
  name: T,
  events: S,
): { [K in keyof S & string as `${T}.${K}`]: S[K] } =>
  // The keys are built from the same strings as the mapped type, which the compiler cannot follow.
  Object.fromEntries(Object.entries(events).map(([event, schema]) => [`${name}.${event}`, schema])) as {
    [K in keyof S & string as `${T}.${K}`]: S[K];
  };
