import { getCookie } from 'hono/cookie';
import type { Context, MiddlewareHandler } from 'hono';
import { HiveError } from '@hive/errors';
import { problem } from './problem.ts';
import { sameSecret } from './same-secret.ts';
import type { Sessions } from './sessions.ts';

const bodyLimit = 1_000_000;
/** Patches come with the request. */
const submitLimit = 50_000_000;

const api = '/api/v1';
const withPatches: readonly string[] = [`${api}/workflows`, `${api}/schedules`];
const isSafe = (method: string): boolean => method === 'GET' || method === 'HEAD';

/** 1. Refuses bodies that are too large or of unknown length, before a byte of them is read. */
export const limits: MiddlewareHandler = async (c, next) => {
  const refuse = (status: 411 | 413, message: string) => problem(c, new HiveError('input.invalid', message), status);
  if (c.req.header('transfer-encoding') !== undefined) return refuse(411, 'A body needs a content-length');
  const limit = c.req.method === 'POST' && withPatches.includes(c.req.path) ? submitLimit : bodyLimit;
  const length = Number(c.req.header('content-length') ?? 0);
  if (!(length <= limit)) return refuse(413, `A body of ${length} bytes is too large; ${limit} are allowed here`);
  return next();
};

/** 2. Answers to its own names only: a page that makes a name of its own point here (DNS rebinding) gets nothing. */
export const ownHost =
  (hosts: () => readonly string[]): MiddlewareHandler =>
  async (c, next) =>
    hosts().includes(c.req.header('host') ?? '')
      ? next()
      : problem(
          c,
          new HiveError(
            'http.misdirected',
            `This server does not answer to ${c.req.header('host') ?? 'no name'}; use ${hosts()[0] ?? ''}`,
          ),
        );

/** 3. Refuses what a page of another origin asks for. No header means that no page asks. */
export const ownOrigin: MiddlewareHandler = async (c, next) => {
  const origin = c.req.header('origin');
  if (origin === undefined || origin === `http://${c.req.header('host') ?? ''}`) return next();
  return problem(c, new HiveError('auth.forbidden', `Pages of ${origin} may not use this server`));
};

/** 4. Lets in who has the token, or a paired browser's cookie; unsafe requests of a browser also prove that a page of ours sent them. */
export const authenticated =
  (token: string, sessions: Sessions): MiddlewareHandler =>
  async (c, next) => {
    if (c.req.method === 'POST' && c.req.path === `${api}/pair`) return next();
    const bearer = /^Bearer (.+)$/i.exec(c.req.header('authorization') ?? '')?.[1];
    if (bearer !== undefined)
      return sameSecret(bearer, token) ? next() : missing(c, 'The token is not that of this Hive');
    const session = sessions.find(getCookie(c, sessions.cookie) ?? '');
    if (!session) return missing(c, 'This needs the token of this Hive, or a browser that was paired with hive open');
    if (isSafe(c.req.method)) return next();
    const site = c.req.header('sec-fetch-site') ?? 'same-origin';
    const isOurs =
      (site === 'same-origin' || site === 'none') && sameSecret(c.req.header('x-hive-csrf') ?? '', session.csrf);
    return isOurs
      ? next()
      : problem(
          c,
          new HiveError(
            'auth.forbidden',
            'The request does not prove that a page of this Hive sent it; load the page anew',
          ),
        );
  };

const missing = (c: Context, message: string) =>
  problem(c, new HiveError('auth.missing', message, { remedy: 'fix_config' }));
