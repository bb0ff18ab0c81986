import { HiveError } from '@hive/errors';
import type { Desk, Role } from '@hive/events';
import { expect, test } from 'vitest';
import { host, openDashboard, token } from './testing/dashboard.ts';

/** A desk that nobody may reach. */
const closed = () => {
  const reached: string[] = [];
  const desk = new Proxy({} as Desk, {
    get: (_, name) => () => {
      reached.push(String(name));
      return Promise.reject(new Error('reached'));
    },
  });
  return { reached, ...openDashboard(desk) };
};

type Document = { paths: Record<string, Record<string, { security: unknown[]; requestBody?: unknown }>> };

const routesOf = async ({ ask }: ReturnType<typeof openDashboard>) => {
  const { paths } = (await (await ask('/api/v1/openapi.json')).json()) as Document;
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { security }]) => ({
      path: path.replace(/\{\w+\}/g, 'abcdef12'),
      method: method.toUpperCase(),
      isPublic: security.length === 0,
    })),
  );
};

test('every route is closed to who has no token, a foreign name, or a foreign page', async () => {
  const dashboard = closed();
  const { ask, reached } = dashboard;
  const routes = await routesOf(dashboard);
  expect(routes.length).toBeGreaterThan(15);
  expect(routes.filter((route) => route.isPublic).map((route) => route.path)).toEqual([
    '/api/v1/pair',
    '/api/v1/notifications/decide', // which asks for a cookie and a grant by itself
  ]);
  for (const { method, path, isPublic } of [
    ...routes,
    { method: 'GET', path: '/api/v1/openapi.json', isPublic: false },
  ]) {
    const status = async (headers: Record<string, string>) => {
      const response = await ask(path, { method, headers });
      expect(response.headers.get('content-type'), path).toBe('application/problem+json');
      const { code, status: told } = (await response.json()) as { code: string; status: number };
      expect(told).toBe(response.status);
      return `${response.status} ${code}`;
    };
    const name = `${method} ${path}`;
    if (!isPublic) {
      expect(await status({ authorization: '' }), name).toBe('401 auth.missing');
      expect(await status({ authorization: `Bearer ${token}x` }), name).toBe('401 auth.missing');
      expect(await status({ authorization: '', cookie: `${dashboard.access.cookie}=a.b` }), name).toBe(
        '401 auth.missing',
      );
    }
    for (const foreign of ['evil.example:4483', 'localhost', 'localhost:4484', `${host}.evil.example`, ''])
      expect(await status({ host: foreign }), `${name} as ${foreign}`).toBe('421 http.misdirected');
    for (const origin of [
      'http://evil.example',
      'null',
      `https://${host}`,
      `http://${host}.evil.example`,
      'http://localhost',
    ])
      expect(await status({ origin }), `${name} from ${origin}`).toBe('403 auth.forbidden');
  }
  expect(reached).toEqual([]);
});

test('what is not there is not told to strangers', async () => {
  const { ask } = closed();
  expect((await ask('/api/v1/nope', { headers: { authorization: '' } })).status).toBe(401);
  expect((await ask('/api/v1/nope')).status).toBe(404);
  expect((await ask('/api/v1/workflows', { method: 'DELETE' })).status).toBe(404);
});

test('a stranger is refused before the body is read', async () => {
  const { app } = closed();
  let read = false;
  const body = new ReadableStream(
    {
      pull: (controller) => {
        read = true;
        controller.error(new Error('read'));
      },
    },
    { highWaterMark: 0 },
  );
  const init = {
    method: 'POST',
    body,
    duplex: 'half',
    headers: { host, 'content-length': '20', 'content-type': 'application/json' },
  } as RequestInit;
  expect((await app.request('/api/v1/workflows', init)).status).toBe(401);
  expect(read).toBe(false);
});

test('bodies have a length and a limit; patches may be large', async () => {
  const { ask } = closed();
  const status = async (path: string, headers: Record<string, string>) =>
    (await ask(path, { method: 'POST', headers })).status;
  expect(await status('/api/v1/pair', { 'content-length': '1000001' })).toBe(413);
  expect(await status('/api/v1/workflows', { 'content-length': '50000001' })).toBe(413);
  expect(await status('/api/v1/workflows', { 'content-length': '49000000', authorization: '' })).toBe(401);
  expect(await status('/api/v1/pair', { 'transfer-encoding': 'chunked' })).toBe(411);
  expect(await status('/api/v1/pair', { 'content-length': 'many' })).toBe(413);
});

const pair = async ({ ask }: ReturnType<typeof openDashboard>, role?: Role) => {
  const body = role && { body: JSON.stringify({ role }) };
  const { url } = (await (await ask('/api/v1/pair/codes', { method: 'POST', ...body })).json()) as { url: string };
  expect(url).toMatch(/^http:\/\/localhost:4483\/#pair=[\w-]{22}$/);
  const code = url.split('=')[1] ?? '';
  const redeem = () =>
    ask('/api/v1/pair', {
      method: 'POST',
      body: JSON.stringify({ code }),
      headers: { authorization: '', origin: `http://${host}` },
    });
  const response = await redeem();
  return { response, redeem };
};

test('a one-time link pairs one browser once', async () => {
  const { response, redeem } = await pair(openDashboard({}));
  expect(response.status).toBe(200);
  expect(response.headers.get('set-cookie')).toMatch(
    /^hive-[\w-]{8}=[^;]+; Max-Age=34560000; Path=\/api\/; HttpOnly; SameSite=Strict$/,
  );
  const again = await redeem();
  expect([again.status, await again.json()]).toMatchObject([
    403,
    { code: 'auth.forbidden', detail: expect.stringContaining('hive open') as string },
  ]);
});

test('a paired browser reads with its cookie, and changes things only from a page of ours', async () => {
  const cancelled: string[] = [];
  const dashboard = openDashboard({
    agents: () => Promise.resolve([]),
    cancel: (id) => {
      cancelled.push(id);
      return Promise.resolve({} as never);
    },
  });
  const { response } = await pair(dashboard);
  const { csrf } = (await response.json()) as { csrf: string };
  const cookie = (response.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
  const as = (path: string, method: string, headers: Record<string, string> = {}) =>
    dashboard.ask(path, { method, headers: { authorization: '', cookie, ...headers } }).then((it) => it.status);
  expect(await as('/api/v1/agents', 'GET')).toBe(200);
  const cancel = '/api/v1/workflows/abcdef12/cancel';
  expect(await as(cancel, 'POST')).toBe(403);
  expect(await as(cancel, 'POST', { 'x-hive-csrf': `${csrf}x` })).toBe(403);
  expect(await as(cancel, 'POST', { 'x-hive-csrf': csrf, 'sec-fetch-site': 'same-site' })).toBe(403);
  expect(cancelled).toEqual([]);
  expect(await as(cancel, 'POST', { 'x-hive-csrf': csrf, 'sec-fetch-site': 'same-origin' })).toBe(200);
  expect(cancelled).toEqual(['abcdef12']);
});

test('a bug tells nothing of itself, an expected error tells its code', async () => {
  const { ask, errors } = openDashboard({
    agents: () => Promise.reject(new Error('SELECT secret FROM x')),
    health: () =>
      Promise.reject(new HiveError('store.unavailable', 'The store is busy', { remedy: 'retry', retryAfterMs: 1500 })),
  });
  const bug = await ask('/api/v1/agents');
  expect([bug.status, await bug.text()]).toEqual([500, expect.not.stringContaining('secret')]);
  expect(errors).toHaveLength(1);
  const busy = await ask('/api/v1/system/health');
  expect([busy.status, busy.headers.get('retry-after'), await busy.json()]).toMatchObject([
    503,
    '2',
    { code: 'store.unavailable', remedy: 'retry' },
  ]);
});

test('requests that are not valid are refused with the place', async () => {
  const { ask } = openDashboard({});
  const detail = async (path: string, init = {}) => {
    const response = await ask(path, init);
    return `${response.status} ${((await response.json()) as { detail: string }).detail}`;
  };
  expect(await detail('/api/v1/events?limit=many')).toMatch(/^400 the query is not valid at limit/);
  expect(await detail('/api/v1/events?colour=red')).toMatch(/^400 the query is not valid: Unrecognized key/);
  expect(await detail('/api/v1/workflows', { method: 'POST', body: '{"goal":1}' })).toMatch(
    /^400 the body is not valid at goal/,
  );
  expect(await detail('/api/v1/workflows', { method: 'POST', body: '{' })).toBe('400 The body is not JSON');
  expect(
    await detail('/api/v1/workflows', { method: 'POST', body: '{}', headers: { 'content-type': 'text/plain' } }),
  ).toMatch(/^415/);
  for (const path of ['events?stream=task/%00', 'tasks?after=%00', 'workflows?after=a%00', 'tasks/abc%00'])
    expect(await detail(`/api/v1/${path}`)).toMatch(
      /^400 the (query|path) is not valid at (stream|after|id): it holds a NUL/,
    );
  expect(await detail('/api/v1/tasks/abcdef12/retry', { method: 'POST', body: '{"note":"\\ud83d"}' })).toMatch(
    /^400 the body is not valid at note: it holds .* half of a surrogate pair/,
  );
  expect(
    await detail('/api/v1/workflows', { method: 'POST', body: '{"goal":"x\\u0000","repo":"/r","patch":"\\u0000"}' }),
  ).toMatch(/^400 the body is not valid at goal/);
  expect(await detail('/api/v1/artefacts/..%2F..%2Ftoken')).toMatch(/^400 the path is not valid at hash/);
});
