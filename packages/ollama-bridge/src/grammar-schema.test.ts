import { expect, test } from 'vitest';
import { grammarSchema } from './grammar-schema.ts';

test('lengths and patterns are left out, bounds of numbers and names of properties stay', () => {
  const schema = {
    type: 'object',
    properties: {
      format: { type: 'string', maxLength: 20_000, pattern: '^a$' },
      sizes: { type: 'array', minItems: 1, maxItems: 2000, items: { type: 'integer', maximum: 9 } },
      either: { anyOf: [{ type: 'string', minLength: 1 }, { type: 'null' }] },
    },
    required: ['format'],
    additionalProperties: false,
  };
  expect(grammarSchema(schema)).toEqual({
    type: 'object',
    properties: {
      format: { type: 'string' },
      sizes: { type: 'array', minItems: 1, items: { type: 'integer', maximum: 9 } },
      either: { anyOf: [{ type: 'string' }, { type: 'null' }] },
    },
    required: ['format'],
    additionalProperties: false,
  });
});
