import { getCookie, setCookie } from 'hono/cookie';
import { HiveError } from '@hive/errors';
import {
  DeviceSummary,
  PairCode,
  PairCodeRequest,
  PairRequest,
  Paired,
  RenameRequest,
  type Role,
  SessionSummary,
  TokenMade,
  TokenRequest,
  TokenSummary,
} from '@hive/events';
import type { createRegistrar } from '../endpoint.ts';
import { originOf, type Origins } from '../gate.ts';
import { one, page } from '../lists.ts';
import { sessionOf, type Access, type Principal } from './access.ts';
import type { Reach } from '../tls/reach.ts';
import { deviceName } from './device-name.ts';
import type { PairCodes } from './pair-codes.ts';
import { may, mayGrant } from './permissions.ts';

/** Browsers cap the life of a cookie here; the server asks how long ago the browser was seen. */
const cookieS = 400 * 24 * 3600;

/** The routes by which browsers and programs are let in, looked at, and shut out again. */
export const serveAccess = (
  serve: ReturnType<typeof createRegistrar>,
  {
    access,
    codes,
    origins,
    reach,
  }: {
    readonly access: Access;
    readonly codes: PairCodes;
    readonly origins: Origins;
    /** The way in from other devices. */
    readonly reach: () => Reach;
  },
): void => {
  serve(
    {
      id: 'pair',
      method: 'post',
      path: '/pair',
      summary: 'Exchange a one-time code for the session of a browser; its cookie comes with the answer',
      body: PairRequest,
      answer: Paired,
    },
    ({ body, c }) => {
      const given = codes.redeem(body.code);
      if (given === null)
        return Promise.reject(
          new HiveError(
            'auth.forbidden',
            'This link was used before, or is older than two minutes; hive open gives a new one',
          ),
        );
      const known = access.session(getCookie(c, access.cookie) ?? '')?.id ?? undefined;
      const name = given.name ?? deviceName(c.req.header('user-agent') ?? '');
      const { value, csrf, device } = access.issue({ name, role: given.role, known });
      const called = given.name === null ? device : access.rename(device.id, given.name); // one that was known keeps its name else
      setCookie(c, access.cookie, value, {
        path: '/api/',
        httpOnly: true,
        sameSite: 'Strict',
        // By the address that was asked, since a proxy in front may speak HTTP with us.
        secure: originOf(c, origins)?.startsWith('https:') ?? false,
        maxAge: cookieS,
      });
      return Promise.resolve({ csrf, device: access.shown(called, { kind: 'device', id: device.id }) });
    },
  );
  serve(
    {
      id: 'pairCode',
      method: 'post',
      path: '/pair/codes',
      summary: 'Make a link that lets one browser in, once, within two minutes',
      body: PairCodeRequest,
      mayBeEmpty: true,
      answer: PairCode,
      status: 201,
    },
    ({ body, c }) => {
      const asking = c.var.principal;
      const role = body.role ?? asking.role;
      assertMayGrant(asking, role);
      const { code, until } = codes.issue({ role, name: body.name ?? null });
      // In the fragment: it is not sent to any server and stands in no log.
      const at = (origin: string) => `${origin}/#pair=${code}`;
      const { origins: elsewhere, ...ways } = reach();
      const url = at(originOf(c, origins) ?? '');
      const made = { url, role, expiresAt: new Date(until).toISOString(), links: elsewhere.map(at), ...ways };
      return Promise.resolve(made satisfies PairCode);
    },
  );
  serve(
    {
      id: 'session',
      method: 'get',
      path: '/session',
      summary: 'Whoever asks, and what they may do',
      answer: SessionSummary,
    },
    ({ c }) => Promise.resolve(sessionOf(c.var.principal)),
  );
  serve(
    {
      id: 'devices',
      method: 'get',
      path: '/devices',
      summary: 'Browsers that were let in; who may not let others in sees their own only',
      answer: page(DeviceSummary),
    },
    ({ c }) => {
      const asking = c.var.principal;
      const all = access.devices().filter(({ id }) => isTheirs(asking, 'device', id));
      return Promise.resolve({ items: all.map((device) => access.shown(device, asking)), next: null });
    },
  );
  serve(
    {
      id: 'renameDevice',
      method: 'post',
      path: '/devices/{id}/rename',
      summary: 'Call a browser something else',
      params: one,
      body: RenameRequest,
      answer: DeviceSummary,
    },
    ({ params, body, c }) => {
      const { id } = ownDevice(access, c.var.principal, params.id);
      return Promise.resolve(access.shown(access.rename(id, body.name), c.var.principal));
    },
  );
  serve(
    {
      id: 'revokeDevice',
      method: 'post',
      path: '/devices/{id}/revoke',
      summary: 'Shut a browser out: its streams end, and its next request is refused',
      params: one,
      answer: DeviceSummary,
    },
    ({ params, c }) => {
      const { id } = ownDevice(access, c.var.principal, params.id);
      return Promise.resolve(access.shown(access.revokeDevice(id), c.var.principal));
    },
  );
  serve(
    {
      id: 'tokens',
      method: 'get',
      path: '/tokens',
      summary: 'Tokens of programs, without their values',
      answer: page(TokenSummary),
    },
    () => Promise.resolve({ items: access.tokens(), next: null }),
  );
  serve(
    {
      id: 'createToken',
      method: 'post',
      path: '/tokens',
      summary: 'Make a token for a program; its value is told this once',
      body: TokenRequest,
      answer: TokenMade,
      status: 201,
    },
    ({ body, c }) => {
      assertMayGrant(c.var.principal, body.role);
      return Promise.resolve(access.createToken(body));
    },
  );
  serve(
    {
      id: 'revokeToken',
      method: 'post',
      path: '/tokens/{id}/revoke',
      summary: 'Shut a program out: its streams end, and its next request is refused',
      params: one,
      answer: TokenSummary,
    },
    ({ params }) => Promise.resolve(access.revokeToken(params.id)),
  );
};

const isTheirs = (asking: Principal, kind: Principal['kind'], id: string): boolean =>
  may(asking.role, 'admit') || (asking.kind === kind && asking.id === id);

/** Another's device is not there for who may not let others in: not even its id is confirmed. */
const ownDevice = (access: Access, asking: Principal, id: string) => {
  const gone = () => new HiveError('input.unknown_id', `There is no paired browser ${id}`, { details: { id } });
  if (may(asking.role, 'admit')) return access.device(id);
  if (asking.kind !== 'device' || asking.id !== id) throw gone();
  return access.device(id);
};

const assertMayGrant = (asking: Principal, role: Role): void => {
  if (mayGrant(asking.role, role)) return;
  throw new HiveError('auth.forbidden', `${asking.name} (${asking.role}) may not let anybody in as ${role}`);
};
