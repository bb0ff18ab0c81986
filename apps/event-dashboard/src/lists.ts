import { z } from '@hono/zod-openapi';
import { named } from './openapi/named.ts';

/** One page of a list. */
export const page = <T extends z.ZodType>(items: T) =>
  z.object({ items: z.array(named(items)), next: z.string().nullable() });
/** The id in a path. */
export const one = z.object({ id: z.string().min(1).max(100).describe('whole, or any unique ending') });
/** A whole number in a query. */
export const number = z
  .string()
  .regex(/^\d{1,15}$/, 'a number')
  .transform(Number)
  .openapi({ type: 'integer' });
/** An amount in a query, such as dollars. */
export const amount = z
  .string()
  .regex(/^\d{1,12}(\.\d{1,6})?$/, 'an amount')
  .transform(Number)
  .openapi({ type: 'number' });
/** How a list is read on. */
export const list = {
  after: z.string().max(100).optional().describe('`next` of the page before'),
  limit: number.optional(),
};
/** What was said, without what was not. */
export const given = <T extends object>(values: T) =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
