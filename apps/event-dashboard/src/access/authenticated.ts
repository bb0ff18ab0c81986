import { getCookie } from 'hono/cookie';
import { matchedRoutes } from 'hono/route';
import type { Context, MiddlewareHandler } from 'hono';
import { HiveError } from '@hive/errors';
import { limitHeaders, tooMany, type LimitName, type RateLimits } from '../limits/rate-limits.ts';
import { senderOf } from '../limits/sender-of.ts';
import { problem } from '../problem.ts';
import type { Access, Principal } from './access.ts';
import { demandOf, may, type Demand } from './permissions.ts';
import { sameSecret } from './same-secret.ts';

declare module 'hono' {
  interface ContextVariableMap {
    /** Whoever asks; not set where anyone may ask. */
    principal: Principal;
    /** The route that was asked for, as `METHOD /path/{id}`. */
    route: string;
  }
}

const api = '/api/v1';
const isSafe = (method: string): boolean => method === 'GET' || method === 'HEAD';

/** `/api/v1/tasks/:id` as `/tasks/{id}`. */
const routeOf = (method: string, path: string): string =>
  `${method} ${path.slice(api.length).replace(/:(\w+)/g, '{$1}')}`;

/** What the router found for a request, by the very match that will handle it: no second reading of the address. null: nothing. */
const routeAsked = (c: Context): string | null => {
  // Middlewares and the answer for what is not there are registered for all methods, the shell for every address.
  const found = matchedRoutes(c).find(({ method, path }) => method !== 'ALL' && path.startsWith(`${api}/`));
  return found ? routeOf(found.method, found.path) : null;
};

/**
 * 4. Lets in who has a token, or a paired browser's cookie; unsafe requests of a browser also prove that a page of ours sent them. Then asks whether
 * they may: a route that is not in the table of permissions is closed to everybody. Requests are counted by who sends them, those without a valid key
 * by their address; what is open already is not counted again.
 */
export const authenticated =
  (access: Access, limits: RateLimits): MiddlewareHandler =>
  async (c, next) => {
    const route = routeAsked(c);
    const demand = route === null ? undefined : demandOf(route);
    if (route !== null) c.set('route', route);
    /** Goes on (null), or refuses, when there were not too many; either answer says what is left. */
    const counted = async (name: LimitName, who: string, refusal: HiveError | null): Promise<void> => {
      const count = limits.take(name, who);
      const why = count.waitS === null ? refusal : tooMany(count);
      if (why === null) await next();
      else c.res = problem(c, why);
      for (const [header, value] of Object.entries(limitHeaders(count))) c.res.headers.set(header, value);
    };

    if (demand === 'anyone') return counted('pair', senderOf(c), null);
    const principal = whoAsks(c, access);
    if (principal instanceof HiveError) return counted('key', senderOf(c), principal);
    c.set('principal', principal);
    // Where there is nothing, who is let in may know.
    const refusal = route === null || isAllowed(principal, demand) ? null : forbidden(principal, demand);
    return counted(isSafe(c.req.method) ? 'read' : 'write', `${principal.kind} ${principal.id ?? ''}`, refusal);
  };

const isAllowed = ({ role }: Principal, demand: Demand | undefined): boolean =>
  demand === 'self' || (demand !== undefined && demand !== 'anyone' && may(role, demand));

/** Answers why not, where nobody is let in. */
const whoAsks = (c: Context, access: Access): Principal | HiveError => {
  const authorization = c.req.header('authorization');
  if (authorization !== undefined) {
    const bearer = /^Bearer +(\S+)$/i.exec(authorization)?.[1];
    const principal = bearer === undefined ? null : access.bearer(bearer);
    return principal ?? missing('The token is not that of this Hive, or was revoked');
  }
  const cookie = getCookie(c, access.cookie) ?? '';
  const session = access.session(cookie);
  if (!session && access.wasRevoked(cookie))
    return new HiveError('auth.revoked', 'This browser was shut out; pair it again with hive open', {
      remedy: 'fix_config',
    });
  if (!session) return missing('This needs a token of this Hive, or a browser that was paired with hive open');
  if (isSafe(c.req.method)) return session;
  const site = c.req.header('sec-fetch-site') ?? 'same-origin';
  const isOurs =
    (site === 'same-origin' || site === 'none') && sameSecret(c.req.header('x-hive-csrf') ?? '', session.csrf);
  if (isOurs) return session;
  return new HiveError(
    'auth.forbidden',
    'The request does not prove that a page of this Hive sent it; load the page anew',
  );
};

const doing: Readonly<Record<string, string>> = {
  read: 'look at this',
  work: 'hand in work or let it go on',
  stop: 'stop work',
  decide: 'decide about approvals',
  admit: 'let others in',
};

const forbidden = ({ name, role }: Principal, demand: Demand | undefined): HiveError =>
  new HiveError(
    'auth.forbidden',
    demand === undefined
      ? 'Nobody may ask for this: it has no permission of its own'
      : `${name} (${role}) may not ${doing[demand] ?? 'do this'}`,
    { details: { role, ...(demand !== undefined && { needs: demand }) } },
  );

const missing = (message: string): HiveError => new HiveError('auth.missing', message, { remedy: 'fix_config' });
