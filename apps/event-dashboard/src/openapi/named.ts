import * as contract from '@hive/events';
import { z } from '@hono/zod-openapi';

/** A schema that was made before zod learnt the word `openapi` does not know it; one that is made now does. */
const copyOf = (schema: z.ZodType): z.ZodType => schema.meta({ ...schema.meta() });

/** The schemas of the contract under their names, so that the document says each of them once. */
const names = new Map<z.ZodType, z.ZodType>(
  Object.entries(contract).flatMap(([name, schema]) =>
    schema instanceof z.ZodType ? [[schema, copyOf(schema).openapi(name)] as const] : [],
  ),
);

/** A schema as the document refers to it: by its name, where it has one. */
export const named = <T extends z.ZodType>(schema: T): T => (names.get(schema) ?? schema) as T; // the same but for its name
