import type { JsonSchema } from '@hive/llm';

/**
 * The schema that Ollama makes a grammar of. Lengths, counts and patterns are left out: a grammar unrolls them, which is slow for hundreds
 * and refused for thousands. Whoever asked validates the answer against the whole schema.
 */
export const grammarSchema = (schema: JsonSchema): JsonSchema => schemaWithout(schema) as JsonSchema;

const unrolled = new Set(['minLength', 'maxLength', 'maxItems', 'pattern', 'format', 'minProperties', 'maxProperties']);
const named = new Set(['properties', '$defs', 'definitions']);

const schemaWithout = (schema: unknown): unknown => {
  if (Array.isArray(schema)) return schema.map(schemaWithout);
  if (schema === null || typeof schema !== 'object') return schema;
  return Object.fromEntries(
    Object.entries(schema)
      .filter(([key]) => !unrolled.has(key))
      // The keys below `properties` are names, which may well be "pattern" or "format".
      .map(([key, value]) => [key, named.has(key) ? valuesOf(value) : schemaWithout(value)]),
  );
};

const valuesOf = (schemas: unknown): unknown =>
  schemas === null || typeof schemas !== 'object'
    ? schemas
    : Object.fromEntries(Object.entries(schemas).map(([name, schema]) => [name, schemaWithout(schema)]));
