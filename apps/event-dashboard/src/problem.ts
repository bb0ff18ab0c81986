import type { Context } from 'hono';
import { HiveError, isHiveError, type Code } from '@hive/errors';

/** The statuses of refusals. */
export type Status = 400 | 401 | 403 | 404 | 409 | 411 | 413 | 415 | 421 | 422 | 429 | 500 | 503 | 507;

const byCode: Partial<Record<Code, Status>> = {
  'input.invalid': 400,
  'input.unknown_id': 404,
  'input.state': 409,
  'cursor.unknown': 404,
  'version.conflict': 409,
  'transition.refused': 409,
  'auth.missing': 401,
  'auth.revoked': 401,
  'auth.forbidden': 403,
  'event.too_large': 422,
  'infra.disk': 507,
  'http.misdirected': 421,
  'http.not_found': 404,
  'http.too_many': 429,
};

/** By the first half of a code: what was asked cannot be done (422), or not on this machine as it is (503). */
const byTopic: Readonly<Record<string, Status>> = {
  approval: 409,
  plan: 422,
  repo: 422,
  patch: 422,
  branch: 422,
  evidence: 422,
  config: 503,
  infra: 503,
  model: 503,
  sandbox: 503,
  store: 503,
  tls: 503,
  notify: 503,
};

const titles: Readonly<Record<Status, string>> = {
  400: 'The request is not valid',
  401: 'This needs the token or a paired browser',
  403: 'This is not allowed',
  404: 'There is no such thing',
  409: 'This does not fit the present state',
  411: 'The length of the body is missing',
  413: 'The body is too large',
  415: 'The body has to be JSON',
  421: 'This server has another name',
  422: 'This cannot be accepted',
  429: 'Too many requests',
  500: 'Something went wrong in Hive',
  503: 'This is not possible at the moment',
  507: 'The disk is too full',
};

/** What a status says in words. */
export const titleOf = (status: Status): string => titles[status];

/** The HTTP status that tells a code. */
export const statusOf = (code: Code): Status => byCode[code] ?? byTopic[code.split('.')[0] ?? ''] ?? 500;

/** Answers with a problem document (RFC 9457) with the code, never with a stack. A bug tells nothing of itself; it is in the log. */
export const problem = (c: Context, error: unknown, status?: Status): Response => {
  const known = isHiveError(error)
    ? error
    : new HiveError('internal', 'Something that Hive did not expect; its log says what');
  const shown = status ?? statusOf(known.code);
  const body = {
    type: 'about:blank',
    title: titles[shown],
    status: shown,
    detail: known.message,
    code: known.code,
    remedy: known.remedy,
    details: known.details,
  };
  const retryAfterS =
    known.retryAfterMs === undefined ? [] : [['retry-after', String(Math.ceil(known.retryAfterMs / 1000))] as const];
  return c.body(JSON.stringify(body), shown, {
    'content-type': 'application/problem+json',
    ...(shown === 401 && { 'www-authenticate': 'Bearer' }),
    ...Object.fromEntries(retryAfterS),
  });
};
