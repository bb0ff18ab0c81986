import type { Desk, HiveEvent } from '@hive/events';
import { expect, test } from 'vitest';
import { createRateLimits } from './limits/rate-limits.ts';
import { jsonIn } from './json-in.ts';
import { openDashboard } from './testing/dashboard.ts';

const id = '01999999-0000-7000-8000-000000000001';
const event = (position: number) =>
  ({ id: `${id.slice(0, -1)}${position}`, position, data: {} }) as unknown as HiveEvent;

test('every answer tells its build; what was read from the log tells how far it was before', async () => {
  const dashboard = openDashboard({
    agents: () => {
      dashboard.names.position = 9; // something happens while it is read
      return Promise.resolve([]);
    },
  });
  const { ask } = dashboard;
  const headers = async (path: string, init = {}) => {
    const answer = await ask(path, init);
    return [answer.status, answer.headers.get('x-hive-build'), answer.headers.get('x-hive-position')];
  };
  expect(await headers('/api/v1/agents')).toEqual([200, '0', '7']);
  expect(await headers('/api/v1/nope')).toEqual([404, '0', null]);
  expect(await headers('/api/v1/agents', { headers: { authorization: '' } })).toEqual([401, '0', null]);
  expect(await headers('/', { headers: { accept: 'text/html' } })).toEqual([200, '0', null]);
});

test('a list that has not changed is not sent again', async () => {
  const items = [{ id: 'a' }];
  const { ask } = openDashboard({ workflows: () => Promise.resolve({ items, next: null } as never) });
  const first = await ask('/api/v1/workflows');
  const tag = first.headers.get('etag') ?? '';
  expect(tag).toMatch(/^"[\w-]{22}"$/);
  const again = (known: string) => ask('/api/v1/workflows', { headers: { 'if-none-match': known } });
  for (const known of [tag, `W/${tag}`, `"x", ${tag}`, '*']) {
    const answer = await again(known);
    expect([answer.status, answer.headers.get('etag'), await answer.text()], known).toEqual([304, tag, '']);
    expect(answer.headers.get('x-hive-position')).toBe('7');
  }
  expect((await again('"x"')).status).toBe(200);
  items.push({ id: 'b' });
  expect((await again(tag)).status).toBe(200);
});

test('a trace that has not grown is not read again', async () => {
  const log = [event(1), event(2)];
  let read = 0;
  const { ask } = openDashboard({
    events: () => Promise.resolve({ items: log.slice(-1), next: null }),
    trace: () => {
      read += 1;
      return Promise.resolve(log);
    },
    traceColumns: () => Promise.resolve({} as never),
  });
  const path = `/api/v1/traces/${id}`;
  const tag = (await ask(path)).headers.get('etag') ?? '';
  expect(tag).toBe(`W/"0 ${log[1]?.id}"`);
  const status = async (from = path) => (await ask(from, { headers: { 'if-none-match': tag } })).status;
  expect([await status(), await status(`${path}?format=columns`), read]).toEqual([304, 304, 1]);
  log.push(event(3));
  expect([await status(), read]).toEqual([200, 2]);
  expect((await ask('/api/v1/traces/00000001')).headers.get('etag')).toBeNull(); // an ending may come to mean another one
});

test('an artefact and the OpenAPI document are known by what they hold', async () => {
  const hash = 'a'.repeat(64);
  const { ask } = openDashboard({ artefact: () => Promise.resolve(new Uint8Array([104, 105])) });
  for (const path of [`/api/v1/artefacts/${hash}`, '/api/v1/openapi.json']) {
    const tag = (await ask(path)).headers.get('etag') ?? '';
    expect(tag).toMatch(/^"[\w-]+"$/);
    expect((await ask(path, { headers: { 'if-none-match': tag } })).status, path).toBe(304);
    expect((await ask(path, { headers: { 'if-none-match': tag, authorization: '' } })).status, path).toBe(401);
  }
});

const openLimited = (desk: Partial<Desk>) => {
  const few = { requests: 2, seconds: 10 };
  const limits = createRateLimits({ read: few, write: few, pair: few, key: few }, () => 0);
  return openDashboard(desk, undefined, undefined, { limits });
};

test('whoever asks too much is told when to come again; others, changes and strangers are counted apart', async () => {
  const { ask, access } = openLimited({
    agents: () => Promise.resolve([]),
    cancel: () => Promise.resolve({} as never),
  });
  const other = access.createToken({ name: 'ci', role: 'owner' });
  const read = (headers: Record<string, string> = {}) => ask('/api/v1/agents', { headers });
  const first = await read();
  expect([first.headers.get('ratelimit-policy'), first.headers.get('ratelimit')]).toEqual([
    '"read";q=2;w=10',
    '"read";r=1;t=5',
  ]);
  expect((await read()).status).toBe(200);
  const refused = await read();
  expect([refused.status, refused.headers.get('retry-after'), refused.headers.get('ratelimit')]).toEqual([
    429,
    '5',
    '"read";r=0;t=10',
  ]);
  expect(await refused.json()).toMatchObject({ code: 'http.too_many', remedy: 'retry', details: { limit: 'read' } });
  expect((await read({ authorization: `Bearer ${other.token}` })).status).toBe(200);
  expect((await ask('/api/v1/workflows/x/cancel', { method: 'POST' })).status).toBe(200);

  const stranger = async () => (await read({ authorization: 'Bearer x' })).status;
  expect([await stranger(), await stranger(), await stranger()]).toEqual([401, 401, 429]);
  const guess = async () =>
    (await ask('/api/v1/pair', { method: 'POST', body: '{"code":"x"}', headers: { authorization: '' } })).status;
  expect([await guess(), await guess(), await guess()]).toEqual([403, 403, 429]);
});

test('a refused role costs as much as an answer, and a body nests no deeper than anything that is asked for', async () => {
  const { ask, access } = openLimited({});
  const { token } = access.createToken({ name: 'v', role: 'viewer' });
  const stop = async () =>
    (await ask('/api/v1/system/pause', { method: 'POST', headers: { authorization: `Bearer ${token}` } })).status;
  expect([await stop(), await stop(), await stop()]).toEqual([403, 403, 429]);
  const deep = (levels: number) => `${'['.repeat(levels)}"[[[\\"["${']'.repeat(levels)}`;
  expect(() => jsonIn(deep(32))).not.toThrow();
  expect(() => jsonIn(deep(33))).toThrow(/deeper than 32/);
  expect(() => jsonIn('{"a":')).toThrow(/not JSON/);
});
