import type { Desk, Role } from '@hive/events';
import { OpenAPIHono } from '@hono/zod-openapi';
import { expect, test } from 'vitest';
import { createRegistrar } from '../endpoint.ts';
import { host, openDashboard } from '../testing/dashboard.ts';
import { createRateLimits } from '../limits/rate-limits.ts';
import { authenticated } from './authenticated.ts';
import { createAccess } from './access.ts';

/** A desk that answers nothing of use, and notes that it was asked. */
const openAsked = () => {
  const asked: string[] = [];
  const desk = new Proxy({} as Desk, {
    get: (_, name) => () => {
      asked.push(String(name));
      return Promise.resolve({ items: [] });
    },
  });
  return { asked, ...openDashboard(desk) };
};

const roles = ['viewer', 'operator', 'approver', 'admin', 'owner'] as const;

type Document = { paths: Record<string, Record<string, { security: unknown[] }>> };

const routesOf = async ({ ask }: ReturnType<typeof openDashboard>) => {
  const { paths } = (await (await ask('/api/v1/openapi.json')).json()) as Document;
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).flatMap(([method, { security }]) =>
      security.length === 0 ? [] : [`${method.toUpperCase()} ${path.slice('/api/v1'.length)}`],
    ),
  );
};

/** What nobody but some may do; everything else is open to all who were let in. */
const closed: Readonly<Record<string, readonly Role[]>> = {
  'POST /pair/codes': ['admin', 'owner'],
  'GET /tokens': ['admin', 'owner'],
  'POST /tokens': ['admin', 'owner'],
  'POST /tokens/{id}/revoke': ['admin', 'owner'],
  'POST /remotes': ['admin', 'owner'],
  'POST /workflows': ['operator', 'admin', 'owner'],
  'POST /example': ['operator', 'admin', 'owner'],
  'GET /repos/look': ['operator', 'admin', 'owner'],
  'POST /workflows/{id}/resume': ['operator', 'admin', 'owner'],
  'POST /workflows/{id}/replay': ['operator', 'admin', 'owner'],
  'POST /tasks/{id}/retry': ['operator', 'admin', 'owner'],
  'POST /boxes/{id}/quiet': ['operator', 'admin', 'owner'],
  'POST /boxes/{id}/tools': ['operator', 'admin', 'owner'],
  'POST /dead-letters/redrive': ['operator', 'admin', 'owner'],
  'POST /schedules': ['operator', 'admin', 'owner'],
  'POST /agents/{id}/resume': ['operator', 'admin', 'owner'],
  'POST /system/alerts/acknowledge': ['operator', 'admin', 'owner'],
  'POST /system/resume': ['operator', 'admin', 'owner'],
  'POST /workflows/{id}/cancel': ['operator', 'approver', 'admin', 'owner'],
  'POST /workflows/{id}/pause': ['operator', 'approver', 'admin', 'owner'],
  'POST /tasks/{id}/cancel': ['operator', 'approver', 'admin', 'owner'],
  'POST /dead-letters/discard': ['operator', 'approver', 'admin', 'owner'],
  'POST /schedules/{id}/remove': ['operator', 'approver', 'admin', 'owner'],
  'POST /agents/{id}/pause': ['operator', 'approver', 'admin', 'owner'],
  'POST /system/pause': ['operator', 'approver', 'admin', 'owner'],
  'POST /approvals/{id}/decide': ['approver', 'owner'],
};

const open = (route: string): boolean =>
  /^GET |^POST \/(devices\/\{id\}\/(rename|revoke)|notifications\/(subscribe|unsubscribe|test))$/.test(route);

const post = (body: object) => ({ method: 'POST', body: JSON.stringify(body) });

test('each role may ask for what the table says, and for nothing else', { timeout: 60_000 }, async () => {
  const dashboard = openAsked();
  const { ask, access, draining } = dashboard;
  draining.abort(); // streams end as soon as they are opened
  const routes = await routesOf(dashboard);
  expect(Object.keys(closed).filter((route) => !routes.includes(route))).toEqual([]);
  for (const role of roles) {
    const { token } = access.createToken({ name: `a ${role}`, role });
    const paired = access.issue({ name: `a ${role}`, role });
    const asBrowser = { authorization: '', cookie: `${access.cookie}=${paired.value}`, 'x-hive-csrf': paired.csrf };
    for (const route of routes) {
      const [method = '', path = ''] = route.split(' ');
      const address = `/api/v1${path.replace(/\{\w+\}/g, 'abcdef12')}`;
      const isAllowed = closed[route]?.includes(role) ?? open(route);
      for (const headers of [{ authorization: `Bearer ${token}` }, asBrowser]) {
        dashboard.asked.length = 0;
        const response = await ask(address, { method, headers });
        const { code, details } = (await response.json().catch(() => ({}))) as { code?: string; details?: object };
        const name = `${route} as ${role}`;
        if (isAllowed) expect([401, 403], `${name}: ${code ?? ''}`).not.toContain(response.status);
        else expect([response.status, code, details], name).toMatchObject([403, 'auth.forbidden', { role }]);
        if (!isAllowed) expect(dashboard.asked, name).toEqual([]);
      }
    }
  }
});

test('a route that nobody said who may ask for is neither registered nor answered', async () => {
  const app = new OpenAPIHono();
  const serve = createRegistrar(app);
  expect(() =>
    serve({ id: 'cancel', method: 'post', path: '/self-destruct', summary: 'x' }, () => Promise.resolve({})),
  ).toThrow(/POST \/self-destruct is not in the table of permissions/);
  const file = { read: () => ({ devices: [], tokens: [], ended: [] }), write: () => undefined };
  app.use('/api/*', authenticated(createAccess({ token: 'owner-token', file }), createRateLimits()));
  app.get('/api/v1/secrets', (c) => c.json({ secret: 1 }));
  const answer = await app.request('/api/v1/secrets', { headers: { host, authorization: 'Bearer owner-token' } });
  expect([answer.status, await answer.json()]).toMatchObject([403, { code: 'auth.forbidden' }]);
});

const json = async <T>(response: Response): Promise<T> => (await response.json()) as T;

test('a browser is paired as what its link says, renames itself, sees itself only, and shuts itself out', async () => {
  const { ask, access } = openAsked();
  const link = await json<{ url: string; role: string; expiresAt: string }>(
    await ask('/api/v1/pair/codes', post({ role: 'approver' })),
  );
  expect(link).toMatchObject({ role: 'approver', url: expect.stringMatching(/#pair=[\w-]{22}$/) as string });
  expect(Date.parse(link.expiresAt) - Date.now()).toBeLessThanOrEqual(120_000);
  const userAgent = 'Mozilla/5.0 (Linux; Android 15) Chrome/141.0.0.0 Mobile Safari/537.36';
  const paired = await ask('/api/v1/pair', {
    ...post({ code: link.url.split('=')[1] }),
    headers: { authorization: '', 'user-agent': userAgent },
  });
  const { csrf, device } = await json<{ csrf: string; device: { id: string } }>(paired);
  expect(device).toMatchObject({ name: 'Chrome on Android', role: 'approver', current: true });
  access.issue({ name: 'another', role: 'owner' });
  const cookie = (paired.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
  const headers = { authorization: '', cookie, 'x-hive-csrf': csrf };
  const own = (path: string, init = {}) => ask(`/api/v1${path}`, { headers, ...init });

  expect(await json(await own('/session'))).toMatchObject({ kind: 'device', may: ['read', 'stop', 'decide'] });
  const seen = async () => (await json<{ items: { name: string }[] }>(await own('/devices'))).items;
  expect(await seen()).toMatchObject([{ id: device.id, current: true }]);
  const rename = (name: string) => own(`/devices/${device.id}/rename`, post({ name }));
  expect(await json(await rename('  My phone '))).toMatchObject({ name: 'My phone' });
  for (const name of ['', '  ', 'a\nb', 'a\u202eb', 'x'.repeat(81)])
    expect((await rename(name)).status, name).toBe(400);
  const [other] = access.devices().filter(({ id }) => id !== device.id);
  expect((await own(`/devices/${other?.id}/revoke`, post({}))).status).toBe(404);
  expect((await own(`/devices/${device.id}/revoke`, post({}))).status).toBe(200);
  expect((await own('/session')).status).toBe(401);
  expect(access.devices()).toEqual([other]);
});

test('a link may say what the device is called, also when the browser was let in before', async () => {
  const { ask } = openDashboard({});
  const pair = async (asked: object, cookie = '') => {
    const link = await json<{ url: string }>(await ask('/api/v1/pair/codes', post(asked)));
    const paired = await ask('/api/v1/pair', {
      ...post({ code: link.url.split('=')[1] }),
      headers: { authorization: '', cookie, 'user-agent': 'Chrome/141 Linux' },
    });
    const { device } = await json<{ device: { id: string; name: string } }>(paired);
    return { ...device, cookie: (paired.headers.get('set-cookie') ?? '').split(';')[0] };
  };
  const phone = await pair({ name: ' Phone of Ada ' });
  expect(phone.name).toBe('Phone of Ada');
  const again = await pair({}, phone.cookie);
  expect(again).toMatchObject({ id: phone.id, name: 'Phone of Ada' });
  expect(await pair({ name: 'Tablet' }, again.cookie)).toMatchObject({ id: phone.id, name: 'Tablet' });
  expect((await ask('/api/v1/pair/codes', post({ name: 'a\u202eb' }))).status).toBe(400);
});

test('the open stream of a browser ends when it is revoked', async () => {
  const { app, ask, access, streams } = openDashboard({
    events: () => Promise.resolve({ items: [], next: null }),
    follow: async function* (_filter, signal) {
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
      yield* [];
    },
  });
  const { value, device } = access.issue({ name: 'a', role: 'viewer' });
  const stream = await app.request('/api/v1/stream', { headers: { host, cookie: `${access.cookie}=${value}` } });
  expect([stream.status, streams.count()]).toEqual([200, 1]);
  await ask(`/api/v1/devices/${device.id}/revoke`, { method: 'POST' });
  expect(await stream.text()).toContain('event: hello');
  expect(streams.count()).toBe(0);
});

test('an admin makes tokens of what they may themselves, sees them without their values, and revokes them', async () => {
  const { ask, access } = openAsked();
  const admin = access.createToken({ name: 'admin', role: 'admin' });
  const headers = { authorization: `Bearer ${admin.token}` };
  const make = (body: object) => ask('/api/v1/tokens', { method: 'POST', body: JSON.stringify(body), headers });
  expect((await make({ name: 'x', role: 'approver' })).status).toBe(403);
  expect((await make({ name: 'x', role: 'owner' })).status).toBe(403);
  expect((await make({ name: 'x', role: 'god' })).status).toBe(400);
  const made = await make({ name: 'ci', role: 'operator' });
  expect(made.status).toBe(201);
  const { token, id } = await json<{ token: string; id: string }>(made);
  const list = await (await ask('/api/v1/tokens', { headers })).text();
  expect(list).toContain('"ci"');
  expect(list).not.toContain(token.slice(-43));
  expect(list).not.toContain('hash');
  const as = (bearer: string) => ask('/api/v1/session', { headers: { authorization: `Bearer ${bearer}` } });
  expect((await as(token)).status).toBe(200);
  expect((await ask(`/api/v1/tokens/${id}/revoke`, { method: 'POST', headers })).status).toBe(200);
  expect((await as(token)).status).toBe(401);
});

test('who decides is who was let in, whatever they say; the token of the home speaks for a person', async () => {
  const decided: unknown[] = [];
  const { ask, access } = openDashboard({
    decide: (_, request) => {
      decided.push(request.by);
      return Promise.resolve({} as never);
    },
  });
  const { token } = access.createToken({ name: 'phone', role: 'approver' });
  const body = JSON.stringify({ decision: 'approve', actionHash: 'a'.repeat(64), by: 'ada' });
  const decide = (headers: Record<string, string>) =>
    ask('/api/v1/approvals/abcdef12/decide', { method: 'POST', body, headers });
  await decide({ authorization: `Bearer ${token}` });
  await decide({});
  expect(decided).toEqual(['phone', 'ada']);
});
