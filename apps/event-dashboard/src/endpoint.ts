import { createHash } from 'node:crypto';
import type { OpenAPIHono } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { z } from 'zod';
import { HiveError, findNotPlain, notPlain } from '@hive/errors';
import type { DeskClient } from '@hive/events';
import { demandOf } from './access/permissions.ts';
import { entityTag, isKnown } from './entity-tag.ts';
import { describeEndpoint } from './openapi/describe-endpoint.ts';
import { jsonIn } from './json-in.ts';
import { problem } from './problem.ts';

/** One route: the schemas that check a request and describe it in the OpenAPI document. `path` is below `/api/v1`, with `{id}` in braces. */
export type Endpoint<Params, Query, Body> = {
  /** Its operationId, which is the method of `createDeskClient` that asks for it. */
  readonly id: keyof DeskClient;
  readonly method: 'get' | 'post';
  readonly path: string;
  readonly summary: string;
  readonly params?: z.ZodType<Params> & z.ZodObject;
  readonly query?: z.ZodType<Query> & z.ZodObject;
  readonly body?: z.ZodType<Body>;
  /** The part of the body whose texts have to be such that an event can hold them, where that is not all of it: the desk looks at the rest. */
  readonly texts?: (body: Body) => unknown;
  /** No body means an empty object. */
  readonly mayBeEmpty?: true;
  /** A repeated request with the same Idempotency-Key answers what the first one made. */
  readonly keyed?: true;
  /** What the handler answers as JSON. Without it the handler answers a Response of its own, of the type that is named. */
  readonly answer?: z.ZodType;
  readonly type?: string;
  readonly status?: 200 | 201;
  /** When a handler that mostly makes something answers 200, by a Response of its own with the same body. */
  readonly okWhen?: string;
  /**
   * What an answer is known again by, for `If-None-Match`. `answer`: by its bytes, which saves sending them. A function: by something that is quicker
   * to find than the answer, which saves making it; null when this one cannot be known.
   */
  readonly tag?:
    'answer' | ((asked: Pick<Asked<Params, Query, unknown>, 'params' | 'query'>) => Promise<string | null>);
};

/** A request that was found valid. `key` is its Idempotency-Key. */
export type Asked<Params, Query, Body> = {
  readonly params: Params;
  readonly query: Query;
  readonly body: Body;
  readonly key: string | undefined;
  readonly c: Context;
};

/** How far the log is, as a public position. */
export type Position = () => Promise<number>;

/** What every Idempotency-Key has to be. */
export const Key = z.string().min(1).max(200);

/**
 * Registers routes, so that what is served and what is documented are one. Throws for a route that nobody said who may ask for. Each answer says how
 * far the log was before it was made: whoever follows from there misses nothing.
 */
export const createRegistrar =
  (app: OpenAPIHono, position: Position = () => Promise.resolve(0)) =>
  <Params = unknown, Query = unknown, Body = unknown>(
    endpoint: Endpoint<Params, Query, Body>,
    handle: (asked: Asked<Params, Query, Body>) => Promise<unknown>,
  ): void => {
    const { method, path, tag, status = 200 } = endpoint;
    const route = `${method.toUpperCase()} ${path}`;
    if (demandOf(route) === undefined)
      throw new Error(`${route} is not in the table of permissions (access/permissions.ts)`);
    describeEndpoint(app, endpoint);
    app.on(method.toUpperCase(), `/api/v1${path.replace(/\{(\w+)\}/g, ':$1')}`, async (c) => {
      const params = parse(endpoint.params, c.req.param(), 'the path') as Params;
      const query = parse(endpoint.query, c.req.query(), 'the query') as Query;
      assertPlain(params, 'the path');
      assertPlain(query, 'the query');
      const key = parse(Key.optional(), c.req.header('idempotency-key'), 'Idempotency-Key');
      const text = endpoint.body ? await c.req.text() : '';
      const isEmpty = endpoint.mayBeEmpty && text === '';
      if (endpoint.body && !isEmpty && !/^application\/json\b/i.test(c.req.header('content-type') ?? ''))
        return problem(
          c,
          new HiveError('input.invalid', 'The body has to be JSON, with content-type: application/json'),
          415,
        );
      const body = parse(endpoint.body, endpoint.body && (isEmpty ? {} : jsonIn(text)), 'the body') as Body;
      assertPlain(endpoint.texts && body !== undefined ? endpoint.texts(body) : body, 'the body');
      const at = endpoint.answer ? await position() : null;
      const told = (response: Response): Response => {
        if (at !== null) response.headers.set('x-hive-position', String(at));
        return response;
      };
      const known = typeof tag === 'function' ? await tag({ params, query }) : null;
      if (known !== null && isKnown(c, known)) return told(unchanged(known));
      const answer = await handle({ params, query, body, key, c });
      if (tag === 'answer' && !(answer instanceof Response)) return told(tagged(c, JSON.stringify(answer)));
      const response = answer instanceof Response ? answer : c.json(answer as object, status);
      if (known !== null) response.headers.set('etag', known);
      return told(response);
    });
  };

const unchanged = (tag: string): Response => new Response(null, { status: 304, headers: { etag: tag } });

/** An answer that is known again by its bytes. */
const tagged = (c: Context, text: string): Response => {
  const tag = entityTag(createHash('sha256').update(text).digest('base64url').slice(0, 22));
  return isKnown(c, tag) ? unchanged(tag) : c.body(text, 200, { 'content-type': 'application/json', etag: tag });
};

const parse = <T>(schema: z.ZodType<T> | undefined, value: unknown, where: string): T | undefined => {
  if (!schema) return undefined;
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw invalid(where, issue?.path ?? [], issue?.message ?? '');
};

/** No database finds by such a text, and no event can hold it. */
const assertPlain = (value: unknown, where: string): void => {
  const path = findNotPlain(value);
  if (path) throw invalid(where, path, `it ${notPlain}`);
};

const invalid = (where: string, path: readonly PropertyKey[], message: string): HiveError => {
  const at = path.map(String).join('.');
  return new HiveError('input.invalid', `${where}${at ? ` is not valid at ${at}` : ' is not valid'}: ${message}`, {
    details: at ? { field: at } : {},
  });
};
