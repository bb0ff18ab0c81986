import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { openDashboard } from './testing/dashboard.ts';
import { contentSecurityPolicy } from './shell.ts';

const page = { authorization: '', accept: 'text/html,*/*', 'sec-fetch-mode': 'navigate' };

test('the shell is public, and any address without a file is one of its pages', async () => {
  const { ask } = openDashboard({});
  for (const path of ['/', '/traces/abc', '/agents?x=1']) {
    const response = await ask(path, { headers: page });
    expect([response.status, response.headers.get('cache-control'), await response.text()], path).toEqual([
      200,
      'no-cache',
      expect.stringContaining('<hive-app>'),
    ]);
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
  }
});

test('hashed files are kept for ever, missing ones are missing', async () => {
  const { ask } = openDashboard({});
  const asset = await ask('/assets/index-abc.js', { headers: { authorization: '' } });
  expect([asset.status, asset.headers.get('content-type'), asset.headers.get('cache-control')]).toEqual([
    200,
    'text/javascript; charset=utf-8',
    'public, max-age=31536000, immutable',
  ]);
  expect((await ask('/sw.js')).headers.get('cache-control')).toBe('no-cache');
  for (const [path, headers] of [
    ['/assets/index-old.js', page],
    ['/assets/index-old.js', {}],
    ['/traces/abc', { accept: '*/*' }],
    ['/traces/abc', { ...page, 'sec-fetch-mode': 'cors' }],
  ] as const)
    expect((await ask(path, { headers })).status, path).toBe(404);
});

test('no address leads out of the folder', async () => {
  const { ask } = openDashboard({});
  for (const path of [
    '/../secret.txt',
    '/%2e%2e/secret.txt',
    '/..%2fsecret.txt',
    '/assets/..%2f..%2fsecret.txt',
    '//secret.txt',
  ])
    expect((await ask(path)).status, path).toBe(404);
});

test('a room that was not built says so', async () => {
  const response = await openDashboard({}, {}).ask('/', { headers: page });
  expect([response.status, await response.json()]).toMatchObject([
    404,
    { detail: expect.stringContaining('npm run build') as string },
  ]);
});

test('the policy names what the page holds inline by hash, and allows nothing else inline', async () => {
  const hash = createHash('sha256').update('body{margin:0}').digest('base64');
  const policy = (await openDashboard({}).ask('/', { headers: page })).headers.get('content-security-policy') ?? '';
  expect(policy.split('; ')).toContain(`style-src 'self' 'sha256-${hash}'`);
  expect(policy.split('; ')).toContain("script-src 'self'");
  expect(policy).not.toContain('unsafe');
  expect(contentSecurityPolicy('<script type="module">a()</script>')).toContain(
    `script-src 'self' 'sha256-${createHash('sha256').update('a()').digest('base64')}'`,
  );
});
