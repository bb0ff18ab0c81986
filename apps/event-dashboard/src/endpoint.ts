import type { OpenAPIHono } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { z } from 'zod';
import { HiveError } from '@hive/errors';
import { problem } from './problem.ts';

/** One route: the schemas that check a request and describe it in the OpenAPI document. `path` is below `/api/v1`, with `{id}` in braces. */
export type Endpoint<Params, Query, Body> = {
  readonly method: 'get' | 'post';
  readonly path: string;
  readonly summary: string;
  readonly params?: z.ZodType<Params> & z.ZodObject;
  readonly query?: z.ZodType<Query> & z.ZodObject;
  readonly body?: z.ZodType<Body>;
  /** No body means an empty object. */
  readonly mayBeEmpty?: true;
  /** Without it the handler answers a Response of its own. */
  readonly answer?: z.ZodType;
  readonly status?: 200 | 201;
  /** When a handler that mostly makes something answers 200, by a Response of its own with the same body. */
  readonly okWhen?: string;
};

/** A request that was found valid. `key` is its Idempotency-Key. */
export type Asked<Params, Query, Body> = {
  readonly params: Params;
  readonly query: Query;
  readonly body: Body;
  readonly key: string | undefined;
  readonly c: Context;
};

const Problem = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    code: z.string(),
    remedy: z.enum(['retry', 'give_up', 'fix_config']),
    details: z.record(z.string(), z.unknown()),
  })
  .describe('RFC 9457');

const Key = z.string().min(1).max(200);

/** Registers routes, so that what is served and what is documented are one. */
export const createRegistrar =
  (app: OpenAPIHono) =>
  <Params = unknown, Query = unknown, Body = unknown>(
    endpoint: Endpoint<Params, Query, Body>,
    handle: (asked: Asked<Params, Query, Body>) => Promise<unknown>,
  ): void => {
    const { method, path, status = 200 } = endpoint;
    describe(app, endpoint);
    app.on(method.toUpperCase(), `/api/v1${path.replace(/\{(\w+)\}/g, ':$1')}`, async (c) => {
      const params = parse(endpoint.params, c.req.param(), 'the path') as Params;
      const query = parse(endpoint.query, c.req.query(), 'the query') as Query;
      const key = parse(Key.optional(), c.req.header('idempotency-key'), 'Idempotency-Key');
      const isEmpty = endpoint.mayBeEmpty && Number(c.req.header('content-length') ?? 0) === 0;
      if (endpoint.body && !isEmpty && !/^application\/json\b/i.test(c.req.header('content-type') ?? ''))
        return problem(
          c,
          new HiveError('input.invalid', 'The body has to be JSON, with content-type: application/json'),
          415,
        );
      const body = parse(endpoint.body, endpoint.body ? (isEmpty ? {} : await json(c)) : undefined, 'the body') as Body;
      const answer = await handle({ params, query, body, key, c });
      return answer instanceof Response ? answer : c.json(answer as object, status);
    });
  };

const parse = <T>(schema: z.ZodType<T> | undefined, value: unknown, where: string): T | undefined => {
  if (!schema) return undefined;
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const at = issue?.path.map(String).join('.');
  throw new HiveError(
    'input.invalid',
    `${where}${at ? ` is not valid at ${at}` : ' is not valid'}: ${issue?.message ?? ''}`,
  );
};

const json = async (c: Context): Promise<unknown> => {
  try {
    return await c.req.json<unknown>();
  } catch {
    throw new HiveError('input.invalid', 'The body is not JSON');
  }
};

const describe = <P, Q, B>(
  app: OpenAPIHono,
  { method, path, summary, params, query, body, mayBeEmpty, answer, status = 200, okWhen }: Endpoint<P, Q, B>,
): void =>
  app.openAPIRegistry.registerPath({
    method,
    path: `/api/v1${path}`,
    summary,
    security: path === '/pair' ? [] : [{ token: [] }, { session: [] }],
    request: {
      ...(params && { params }),
      ...(query && { query }),
      ...(body && { body: { required: !mayBeEmpty, content: { 'application/json': { schema: body } } } }),
      ...(method === 'post' && { headers: z.object({ 'idempotency-key': Key.optional() }) }),
    },
    responses: {
      [status]: { description: summary, ...content(answer) },
      ...(okWhen !== undefined && { 200: { description: okWhen, ...content(answer) } }),
      default: { description: 'A problem', content: { 'application/problem+json': { schema: Problem } } },
    },
  });

const content = (answer: z.ZodType | undefined) => answer && { content: { 'application/json': { schema: answer } } };
