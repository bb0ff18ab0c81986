import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { openDashboard } from '../testing/dashboard.ts';
import { contentSecurityPolicy } from './policy.ts';

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

test('the page is sent again only when it has changed, and by the tag of all its forms', async () => {
  const files = { 'index.html': '<hive-app></hive-app>', 'index.html.br': 'small', 'assets/a-1.js': 'export {};' };
  const { ask } = openDashboard({}, files);
  const first = await ask('/traces/x', { headers: page });
  const tag = first.headers.get('etag') ?? '';
  expect(tag).toMatch(/^W\/"[\w-]{22}"$/);
  const again = await ask('/', { headers: { ...page, 'if-none-match': tag, 'accept-encoding': 'br' } });
  expect([again.status, await again.text(), again.headers.get('cache-control')]).toEqual([304, '', 'no-cache']);
  expect((await ask('/', { headers: { ...page, 'if-none-match': '"other"' } })).status).toBe(200);
  expect((await ask('/assets/a-1.js', { headers: { 'if-none-match': tag } })).status).toBe(200);
});

test('files come in the smallest form that the client takes', async () => {
  const { ask } = openDashboard({}, { 'assets/a.js': 'plain', 'assets/a.js.br': 'brotli', 'assets/a.js.gz': 'gzip' });
  for (const [accepts, text, encoding] of [
    ['gzip, deflate, br, zstd', 'brotli', 'br'],
    ['gzip;q=0.5', 'gzip', 'gzip'],
    ['br;q=0, gzip', 'gzip', 'gzip'],
    ['identity', 'plain', null],
    ['brotli', 'plain', null],
    ['', 'plain', null],
  ] as const) {
    const answer = await ask('/assets/a.js', { headers: { 'accept-encoding': accepts } });
    expect([await answer.text(), answer.headers.get('content-encoding')], accepts).toEqual([text, encoding]);
    expect(answer.headers.get('content-type')).toBe('text/javascript; charset=utf-8');
    expect(answer.headers.get('vary')).toContain('accept-encoding');
  }
  expect((await ask('/assets/a.js.br')).status).toBe(404);
});

test('a page names the chunks that it needs, so that they are asked for at once', async () => {
  const pages = {
    '/traces': ['/assets/traces-1.js'],
    '/traces/:id': ['/assets/trace-1.js', '/assets/keys-1.js', '/assets/x.js>; rel=preload, <//elsewhere'],
  };
  const files = { 'index.html': '<hive-app></hive-app>', 'pages.json': JSON.stringify(pages) };
  const { ask } = openDashboard({}, files);
  const linksAt = async (path: string, headers: Record<string, string> = page) =>
    (await ask(path, { headers })).headers.get('link');
  expect(await linksAt('/traces/abc')).toBe(
    '</assets/trace-1.js>; rel=modulepreload, </assets/keys-1.js>; rel=modulepreload',
  );
  expect(await linksAt('/traces?q=x')).toBe('</assets/traces-1.js>; rel=modulepreload');
  expect([await linksAt('/nowhere'), await linksAt('/pages.json', {})]).toEqual([null, null]);
  expect(
    await openDashboard({})
      .ask('/traces', { headers: page })
      .then(({ headers }) => headers.get('link')),
  ).toBeNull();
});
