import { closeSync, existsSync, openSync, readFileSync, statSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { connect, createServer as createTcp, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { tempFolder } from '../testing.ts';
import type { Resolve } from './dial.ts';
import { grantOf, type Grant } from './grants.ts';
import type { Limits } from './ledger.ts';
import { openEgress } from './open-egress.ts';

const portOf = async (server: Server): Promise<number> => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return (server.address() as AddressInfo).port;
};

/** A host of the internet, in fact on loopback; it writes down who came. */
const createHost = async () => {
  const seen: string[] = [];
  const server = createServer((asked, answer) => {
    seen.push(`${asked.method} ${asked.headers.host} ${asked.url} ${asked.headers['proxy-authorization'] ?? 'bare'}`);
    if (asked.url === '/away') return void answer.writeHead(302, { location: 'http://inside.example/' }).end();
    answer.end(asked.url === '/large' ? 'x'.repeat(200_000) : 'hello');
  });
  return { port: await portOf(server), seen };
};

const registry = (name: string, port: number): Grant => ({ host: name, below: false, port, registry: true });
const granted = (...texts: string[]): Grant[] => texts.flatMap((text) => grantOf(text) ?? []);

type Options = {
  readonly grants: readonly Grant[];
  readonly resolve?: Resolve;
  readonly env?: Record<string, string>;
  readonly limits?: Limits;
};

const open = async (options: Options) => {
  // Longer than the path of a socket may be.
  const scratch = join(tempFolder(), 'x'.repeat(120));
  const egress = await openEgress({
    scratch,
    owner: undefined,
    env: {},
    resolve: async () => ['127.0.0.1'],
    ...options,
  });
  const held = openSync(egress.folder, 'r');
  let entries: ReturnType<typeof egress.close> | undefined;
  const close = () => (entries ??= egress.close());
  onTestFinished(async () => {
    await close();
    closeSync(held);
  });
  const { token } = JSON.parse(readFileSync(join(egress.folder, 'told.json'), 'utf8')) as { token: string };
  /** Sends bytes as they are, as a program inside may, and answers all that comes back. `then` follows the first answer. */
  const raw = (text: string, then = '') =>
    new Promise<string>((resolve) => {
      const socket = connect(`/proc/self/fd/${held}/socket`);
      let said = '';
      socket.on('data', (bytes) => {
        if (said === '' && then !== '') socket.write(then);
        said += bytes.toString('latin1');
      });
      socket.on('error', () => {}).on('close', () => resolve(said));
      socket.write(text, 'latin1');
    });
  const auth = (word = token) => `Proxy-Authorization: Basic ${Buffer.from(`hive:${word}`).toString('base64')}\r\n`;
  const tunnel = (target: string, { head = auth(), then = '' } = {}) =>
    raw(`CONNECT ${target} HTTP/1.1\r\nHost: x\r\n${head}\r\n`, then);
  const get = (url: string, head = auth()) => raw(`GET ${url} HTTP/1.1\r\nHost: x\r\n${head}\r\n`);
  return { folder: egress.folder, close, token, auth, tunnel, get };
};

const statusOf = (answer: string) => Number(/^HTTP\/1\.1 (\d+)/.exec(answer)?.[1]);
const hello = 'GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n';

test('a granted host is reached through a tunnel and by plain HTTP, and every byte is counted', async () => {
  const { port, seen } = await createHost();
  const { tunnel, get, close, folder } = await open({ grants: [registry('reg.example', port)] });
  expect(statSync(join(folder, 'socket')).mode & 0o777).toBe(0o600);
  const through = await tunnel(`REG.example:${port}`, { then: hello });
  expect(through).toMatch(/^HTTP\/1\.1 200 [\s\S]*HTTP\/1\.1 200 OK[\s\S]*hello/);
  expect(await get(`http://reg.example:${port}/path?q=1`)).toMatch(/^HTTP\/1\.1 200 OK[\s\S]*hello/);
  // The host learns neither the token nor a name that the command made up.
  expect(seen).toEqual([`GET a / bare`, `GET reg.example:${port} /path?q=1 bare`]);
  const [entry, ...others] = await close();
  expect(others).toEqual([]);
  expect(entry).toMatchObject({ host: 'reg.example', port, connections: 2 });
  expect(entry?.sent).toBeGreaterThan(hello.length);
  expect(entry?.received).toBeGreaterThan(100);
  expect(existsSync(folder)).toBe(false);
});

test.each([
  ['a host that nobody granted', 'other.example:443'],
  ['a port that nobody granted', 'good.example:22'],
  ['the metadata of a cloud', '169.254.169.254:80'],
  ['loopback', '127.0.0.1:80'],
  ['loopback by name', 'localhost:443'],
  ['loopback in IPv6', '[::1]:443'],
  ['an address in IPv6', '[2606:4700::1111]:443'],
  ['an IPv4 address in IPv6', '[::ffff:127.0.0.1]:443'],
  ['an address as a number', '2130706433:443'],
  ['an address in hexadecimal', '0x7f000001:443'],
  ['a NUL', 'evil.example\0.good.example:443'],
  ['an escaped NUL', 'evil.example%00.good.example:443'],
  ['a user', 'evil.example@good.example:443'],
  ['a user after', 'good.example@evil.example:443'],
  ['a dot at the end', 'good.example.:443'],
  ['another end', 'notgood.example:443'],
  ['a fragment', 'good.example#.evil.example:443'],
  ['a port that is none', 'good.example:99999'],
])('%s is refused, whatever the name would resolve to', async (_, target) => {
  const { port, seen } = await createHost();
  const asked: string[] = [];
  const resolve: Resolve = async (name) => {
    asked.push(name);
    return ['127.0.0.1'];
  };
  const { tunnel, get, close } = await open({
    grants: [...granted('good.example'), registry('reg.example', port)],
    resolve,
  });
  expect([400, 403]).toContain(statusOf(await tunnel(target)));
  expect([400, 403]).toContain(statusOf(await get(`http://${target}/`)));
  expect([asked, seen]).toEqual([[], []]);
  for (const entry of await close()) expect(entry).toMatchObject({ connections: 0, sent: 0, received: 0 });
});

test('a granted name with a private address is refused, unless the user named it as a registry', async () => {
  const { port, seen } = await createHost();
  const { tunnel, close } = await open({
    grants: [...granted(`rebound.example:${port}`), registry('reg.example', port)],
  });
  expect(await tunnel(`rebound.example:${port}`)).toContain('403 it has an address that is not public');
  expect(statusOf(await tunnel(`reg.example:${port}`, { then: hello }))).toBe(200);
  expect(seen).toHaveLength(1);
  expect(await close()).toContainEqual(
    expect.objectContaining({ refused: { connections: 1, because: 'it has an address that is not public' } }),
  );
});

test('a registry that the user named by its address is reached, and no other address', async () => {
  const { port } = await createHost();
  const { tunnel } = await open({ grants: [registry('127.0.0.1', port)] });
  expect(statusOf(await tunnel(`127.0.0.1:${port}`, { then: hello }))).toBe(200);
  expect(statusOf(await tunnel(`127.0.0.2:${port}`))).toBe(403);
  expect(statusOf(await tunnel(`127.0.0.1:${port + 1}`))).toBe(403);
});

test('a name is resolved once: a later answer changes nothing', async () => {
  const { port } = await createHost();
  const answers = [['127.0.0.1'], ['169.254.169.254']];
  const { tunnel } = await open({
    grants: [registry('reg.example', port)],
    resolve: async () => answers.shift() ?? [],
  });
  for (let round = 0; round < 3; round++)
    expect(statusOf(await tunnel(`reg.example:${port}`, { then: hello }))).toBe(200);
  expect(answers).toHaveLength(1);
});

test('a redirect is handed back and not followed; where it leads is decided anew', async () => {
  const { port, seen } = await createHost();
  const { get } = await open({ grants: [registry('reg.example', port), ...granted('inside.example')] });
  const answer = await get(`http://reg.example:${port}/away`);
  expect(answer).toMatch(/^HTTP\/1\.1 302[\s\S]*location: http:\/\/inside\.example\//);
  expect(statusOf(await get('http://inside.example/'))).toBe(403);
  expect(seen).toHaveLength(1);
});

test("without its own token nothing is reached, nor with another command's", async () => {
  const { port, seen } = await createHost();
  const grants = [registry('reg.example', port)];
  const [one, other] = [await open({ grants }), await open({ grants })];
  const heads = [
    '',
    one.auth(''),
    one.auth('wrong'),
    one.auth(other.token),
    one.auth(`${one.token}x`),
    'Proxy-Authorization: Bearer x\r\n',
  ];
  for (const head of heads) {
    expect(statusOf(await one.tunnel(`reg.example:${port}`, { head }))).toBe(407);
    expect(statusOf(await one.get(`http://reg.example:${port}/`, head))).toBe(407);
  }
  expect(seen).toEqual([]);
  expect(await one.close()).toEqual([]);
});

test('what is more than the limit is cut off and written down', async () => {
  const { port } = await createHost();
  const { get, close } = await open({
    grants: [registry('reg.example', port)],
    limits: { sent: 10_000, received: 50_000 },
  });
  expect((await get(`http://reg.example:${port}/large`)).length).toBeLessThan(200_000);
  expect(await close()).toMatchObject([{ refused: { because: 'the command received more than 50000 bytes' } }]);
});

test('the end of the command ends its connections', async () => {
  const silent = createTcp(() => {});
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
  const { port } = silent.address() as AddressInfo;
  const gone = new Promise<void>((resolve) =>
    silent.once('connection', (socket) => socket.on('error', () => {}).on('close', () => resolve())),
  );
  const { tunnel, close } = await open({ grants: [registry('reg.example', port)] });
  const arrived = new Promise((resolve) => silent.once('connection', resolve));
  const answer = tunnel(`reg.example:${port}`);
  await arrived;
  await close();
  await Promise.all([answer, gone]);
  silent.close();
});

test("the user's own proxy is used, with its password, which the command never sees", async () => {
  const { port, seen } = await createHost();
  const asked: string[] = [];
  const proxy = createServer((request, answer) => {
    asked.push(`${request.method} ${request.url} ${request.headers['proxy-authorization']}`);
    answer.end('by proxy');
  });
  proxy.on('connect', (request, client) => {
    asked.push(`CONNECT ${request.url} ${request.headers['proxy-authorization']}`);
    if (request.url?.startsWith('closed')) return void client.end('HTTP/1.1 403 No\r\n\r\n');
    const socket = connect(port, '127.0.0.1');
    client.write('HTTP/1.1 200 OK\r\n\r\n');
    socket.pipe(client).pipe(socket);
  });
  const url = `http://me:s%20cret@127.0.0.1:${await portOf(proxy)}`;
  const { tunnel, get, close } = await open({
    grants: granted('good.example', 'closed.example', 'inside.example'),
    env: { https_proxy: url, http_proxy: url },
    resolve: async (name) => (name === 'inside.example' ? ['10.0.0.1'] : Promise.reject(new Error('ENOTFOUND'))),
  });
  expect(await tunnel('good.example:443', { then: hello })).toMatch(/200[\s\S]*hello/);
  expect(await get('http://good.example/x')).toContain('by proxy');
  expect(await tunnel('closed.example:443')).toContain('502 the proxy of the environment answered 403');
  expect(statusOf(await tunnel('inside.example:443'))).toBe(403);
  const pair = `Basic ${Buffer.from('me:s cret').toString('base64')}`;
  expect(asked).toEqual([
    `CONNECT good.example:443 ${pair}`,
    `GET http://good.example/x ${pair}`,
    `CONNECT closed.example:443 ${pair}`,
  ]);
  expect(seen).toHaveLength(1);
  expect((await close()).map(({ host, refused }) => `${host} ${refused?.because}`)).toEqual([
    'good.example undefined',
    'good.example undefined',
    'closed.example the proxy of the environment answered 403',
    'inside.example it has an address that is not public',
  ]);
});

test('a command that asks for ever new names fills no memory', async () => {
  const { tunnel, close } = await open({ grants: [] });
  for (let number = 0; number < 120; number++) await tunnel(`n${number}.example:443`);
  const entries = await close();
  expect(entries).toHaveLength(101);
  expect(entries.at(-1)).toMatchObject({ host: 'others', refused: { connections: 20 } });
});
