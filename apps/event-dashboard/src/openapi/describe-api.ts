import type { OpenAPIHono } from '@hono/zod-openapi';
import { codes } from '@hive/errors';
import { titleOf, type Status } from '../problem.ts';

const problem = (status: Status, headers: Record<string, { $ref: string }> = {}) => ({
  description: titleOf(status),
  headers: { 'x-hive-build': { $ref: '#/components/headers/x-hive-build' }, ...headers },
  content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
});

const retryAfter = { 'retry-after': { $ref: '#/components/headers/Retry-After' } };
const limited = {
  ratelimit: { $ref: '#/components/headers/RateLimit' },
  'ratelimit-policy': { $ref: '#/components/headers/RateLimit-Policy' },
};

/** What several routes share in the document: how to be let in, what headers say, and how a request is refused. */
export const describeApi = (
  { openAPIRegistry: registry }: OpenAPIHono,
  { cookie }: { readonly cookie: string },
): void => {
  registry.registerComponent('securitySchemes', 'token', {
    type: 'http',
    scheme: 'bearer',
    description: 'The content of the file token in HIVE_HOME, or a token that was made by POST /tokens',
  });
  registry.registerComponent('securitySchemes', 'session', {
    type: 'apiKey',
    in: 'cookie',
    name: cookie,
    description:
      'Of a paired browser; whatever changes something also needs the header x-hive-csrf that POST /pair answered',
  });
  const header = (name: string, description: string, type: 'string' | 'integer') =>
    registry.registerComponent('headers', name, { description, schema: { type } });
  header('x-hive-build', 'The version that answers, and the build of its control room', 'string');
  header('x-hive-position', 'How far the log was before this was read; following from there misses nothing', 'integer');
  header('RateLimit', 'What is left, as draft-ietf-httpapi-ratelimit-headers says: "read";r=990;t=1', 'string');
  header('RateLimit-Policy', 'What may come in which time: "read";q=1000;w=10', 'string');
  header('Retry-After', 'Seconds after which the same may be asked again', 'integer');
  header('ETag', 'What this answer is known again by, for If-None-Match', 'string');
  registry.registerComponent('schemas', 'Problem', {
    type: 'object',
    description: 'A problem document (RFC 9457)',
    required: ['type', 'title', 'status', 'detail', 'code', 'remedy', 'details'],
    properties: {
      type: { type: 'string' },
      title: { type: 'string' },
      status: { type: 'integer' },
      detail: { type: 'string', description: 'One sentence for a person' },
      code: { type: 'string', enum: [...codes] },
      remedy: { type: 'string', enum: ['retry', 'give_up', 'fix_config'] },
      details: { type: 'object', additionalProperties: true },
    },
  });
  const answers: Readonly<Record<string, ReturnType<typeof problem>>> = {
    NotValid: problem(400),
    NotLetIn: problem(401, limited),
    NotAllowed: problem(403),
    NotThere: problem(404),
    NotNow: problem(409),
    TooLarge: problem(413),
    NotJson: problem(415),
    AnotherName: problem(421),
    NotAcceptable: problem(422),
    TooMany: problem(429, { ...limited, ...retryAfter }),
    NotPossible: problem(503, retryAfter),
    Problem: { ...problem(500), description: 'Anything else that went wrong' },
  };
  for (const [name, answer] of Object.entries(answers)) registry.registerComponent('responses', name, answer);
  registry.registerComponent('responses', 'Unchanged', {
    description: 'What is known already is what there is',
    headers: { etag: { $ref: '#/components/headers/ETag' } },
  });
};
