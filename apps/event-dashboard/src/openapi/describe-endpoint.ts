import type { OpenAPIHono } from '@hono/zod-openapi';
import { z } from 'zod';
import { demandOf } from '../access/permissions.ts';
import { Key, type Endpoint } from '../endpoint.ts';
import { named } from './named.ts';

const header = (name: string) => ({ $ref: `#/components/headers/${name}` });
const refusal = (name: string) => ({ $ref: `#/components/responses/${name}` });

/** What every answer says. */
const always = {
  'x-hive-build': header('x-hive-build'),
  ratelimit: header('RateLimit'),
  'ratelimit-policy': header('RateLimit-Policy'),
};

/** A route as a line of the OpenAPI document, made from the schemas that check its requests. */
export const describeEndpoint = <P, Q, B>(app: OpenAPIHono, endpoint: Endpoint<P, Q, B>): void => {
  const { id, method, path, summary, params, query, body, mayBeEmpty, keyed, answer, type, tag } = endpoint;
  const { status = 200, okWhen } = endpoint;
  const demand = demandOf(`${method.toUpperCase()} ${path}`);
  const headers = {
    ...always,
    ...(answer && { 'x-hive-position': header('x-hive-position') }),
    ...(tag !== undefined && { etag: header('ETag') }),
  };
  const asked = {
    ...(keyed && { 'idempotency-key': Key.optional().describe('the same key again answers what was made before') }),
    ...(tag !== undefined && { 'if-none-match': z.string().optional().describe('tags that are known already') }),
  };
  const content = answer
    ? { 'application/json': { schema: named(answer) } }
    : { [type ?? 'application/octet-stream']: { schema: z.string() } };
  app.openAPIRegistry.registerPath({
    operationId: id,
    method,
    path: `/api/v1${path}`,
    summary,
    ...(demand !== 'anyone' && { description: `Needs the right: ${demand === 'self' ? 'to be let in' : demand}.` }),
    security: demand === 'anyone' ? [] : [{ token: [] }, { session: [] }],
    request: {
      ...(params && { params }),
      ...(query && { query }),
      ...(body && { body: { required: !mayBeEmpty, content: { 'application/json': { schema: named(body) } } } }),
      ...(Object.keys(asked).length > 0 && { headers: z.object(asked) }),
    },
    responses: {
      [status]: { description: summary, headers, content },
      ...(okWhen !== undefined && { 200: { description: okWhen, headers, content } }),
      ...(tag !== undefined && { 304: refusal('Unchanged') }),
      ...(params || query || body || keyed ? { 400: refusal('NotValid') } : {}),
      ...(demand !== 'anyone' && { 401: refusal('NotLetIn') }),
      403: refusal('NotAllowed'),
      ...(params && { 404: refusal('NotThere') }),
      ...(method === 'post' && { 409: refusal('NotNow'), 413: refusal('TooLarge') }),
      ...(body && { 415: refusal('NotJson'), 422: refusal('NotAcceptable') }),
      421: refusal('AnotherName'),
      429: refusal('TooMany'),
      503: refusal('NotPossible'),
      default: refusal('Problem'),
    },
  });
};
