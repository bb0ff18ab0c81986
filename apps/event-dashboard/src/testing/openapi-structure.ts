import { z } from 'zod';

/** A JSON schema of the dialect that OpenAPI 3.1 takes over (2020-12), as far as the words that are used here. */
const Schema: z.ZodType = z.lazy(() =>
  z.union([
    z.boolean(),
    z.strictObject({
      $ref: z.string().startsWith('#/components/schemas/').optional(),
      type: z
        .union([
          z.enum(['null', 'boolean', 'object', 'array', 'number', 'integer', 'string']),
          z.array(z.enum(['null', 'boolean', 'object', 'array', 'number', 'integer', 'string'])).min(1),
        ])
        .optional(),
      description: z.string().optional(),
      properties: z.record(z.string(), Schema).optional(),
      required: z.array(z.string()).optional(),
      additionalProperties: Schema.optional(),
      propertyNames: Schema.optional(),
      items: Schema.optional(),
      prefixItems: z.array(Schema).optional(),
      anyOf: z.array(Schema).min(1).optional(),
      oneOf: z.array(Schema).min(1).optional(),
      allOf: z.array(Schema).min(1).optional(),
      not: Schema.optional(),
      discriminator: z
        .strictObject({ propertyName: z.string(), mapping: z.record(z.string(), z.string()).optional() })
        .optional(),
      enum: z.array(z.unknown()).min(1).optional(),
      const: z.unknown().optional(),
      default: z.unknown().optional(),
      format: z.string().optional(),
      pattern: z
        .string()
        .refine((text) => {
          try {
            return Boolean(new RegExp(text, 'u'));
          } catch {
            return false;
          }
        }, 'a regular expression')
        .optional(),
      minLength: z.int().min(0).optional(),
      maxLength: z.int().min(0).optional(),
      minimum: z.number().optional(),
      maximum: z.number().optional(),
      exclusiveMinimum: z.number().optional(),
      exclusiveMaximum: z.number().optional(),
      minItems: z.int().min(0).optional(),
      maxItems: z.int().min(0).optional(),
      uniqueItems: z.boolean().optional(),
    }),
  ]),
);

const Reference = (kind: string) => z.strictObject({ $ref: z.string().startsWith(`#/components/${kind}/`) });
const Header = z.strictObject({ description: z.string(), schema: Schema });
const Content = z.record(z.string().regex(/^[\w.+-]+\/[\w.+-]+$/), z.strictObject({ schema: Schema }));
const Response = z.strictObject({
  description: z.string().min(1),
  headers: z.record(z.string(), z.union([Reference('headers'), Header])).optional(),
  content: Content.optional(),
});

const Parameter = z
  .strictObject({
    name: z.string().min(1),
    in: z.enum(['path', 'query', 'header', 'cookie']),
    required: z.boolean().optional(),
    description: z.string().optional(),
    schema: Schema,
  })
  .refine((it) => it.in !== 'path' || it.required === true, 'a parameter of the path is required');

const Operation = z.strictObject({
  operationId: z.string().regex(/^[a-zA-Z]+$/),
  summary: z.string().min(1),
  description: z.string().optional(),
  security: z.array(z.record(z.string(), z.array(z.string()))),
  parameters: z.array(Parameter).optional(),
  requestBody: z.strictObject({ required: z.boolean().optional(), content: Content }).optional(),
  responses: z
    .record(z.string().regex(/^([1-5]\d\d|default)$/), z.union([Reference('responses'), Response]))
    .refine((all) => Object.keys(all).some((status) => status.startsWith('2')), 'an answer that is not a refusal'),
});

const SecurityScheme = z.union([
  z.strictObject({ type: z.literal('http'), scheme: z.string(), description: z.string().optional() }),
  z.strictObject({
    type: z.literal('apiKey'),
    in: z.enum(['cookie', 'header', 'query']),
    name: z.string(),
    description: z.string().optional(),
  }),
]);

/** The structure of an OpenAPI document (3.1), strictly: an unknown word is a mistake. */
export const Document = z.strictObject({
  openapi: z.literal('3.1.0'),
  info: z.strictObject({
    title: z.string(),
    version: z.string(),
    description: z.string().optional(),
    license: z.strictObject({ name: z.string() }).optional(),
  }),
  servers: z.array(z.strictObject({ url: z.string() })).optional(),
  paths: z.record(
    z.string().startsWith('/'),
    z.partialRecord(z.enum(['get', 'post', 'put', 'delete', 'patch']), Operation),
  ),
  components: z.strictObject({
    schemas: z.record(z.string().regex(/^[\w.-]+$/), Schema),
    parameters: z.record(z.string(), z.unknown()).optional(),
    responses: z.record(z.string(), Response),
    headers: z.record(z.string(), Header),
    securitySchemes: z.record(z.string(), SecurityScheme),
  }),
  webhooks: z.strictObject({}).optional(),
});
export type Document = z.infer<typeof Document>;
