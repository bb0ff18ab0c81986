import type { OpenAPIHono } from '@hono/zod-openapi';

const made = new WeakMap<OpenAPIHono, object>();

/** The OpenAPI document of all that is served, made when it is first asked for. */
export const documentOf = (app: OpenAPIHono, version: string): object => {
  const there = made.get(app);
  if (there) return there;
  const document = app.getOpenAPI31Document({
    openapi: '3.1.0',
    info: {
      title: 'Hive',
      version,
      description:
        'Everything that people and programs can ask of a Hive. Unsafe requests of a browser carry x-hive-csrf.',
      license: { name: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
  });
  made.set(app, document);
  return document;
};
