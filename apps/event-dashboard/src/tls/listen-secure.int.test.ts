import { copyFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { makeAuthority, noCertificates } from '@hive/config/testing';
import type { HiveError } from '@hive/errors';
import { afterAll, expect, onTestFinished, test as base } from 'vitest';
import { originsOf, type Listeners } from '../addresses.ts';
import { openDashboard, token } from '../testing/dashboard.ts';
import { listenSecure } from './listen-secure.ts';
import { reachOf } from './reach.ts';

const missing = noCertificates();
const test = base.skipIf(missing !== null);
const folder = mkdtempSync(join(tmpdir(), 'hive-tls-'));
afterAll(() => rmSync(folder, { recursive: true }));
const authority = missing === null ? makeAuthority(folder) : (undefined as never);

type Pair = { readonly certFile: string; readonly keyFile: string };

/** The dashboard with HTTPS on a free port of loopback, asked by a client that trusts the test's authority and nobody else. */
const openSecured = async (pair: Pair, { hstsDays = 0, names = [] as string[], desk = {} } = {}) => {
  const tls = { ...pair, caFile: authority.caFile, bind: '127.0.0.1', port: 0, hstsDays };
  const troubles: HiveError[] = [];
  let changes = 0;
  const http = { tls, names, proxied: [] };
  let listeners: Listeners = { port: 1, secure: null };
  const dashboard = openDashboard(
    desk,
    undefined,
    {},
    {
      origins: () => originsOf(http, listeners),
      reach: () => reachOf(http, listeners),
      authorityFile: tls.caFile,
      hstsDays,
    },
  );
  const secure = await listenSecure(dashboard.app, tls, {
    onTrouble: (error) => troubles.push(error),
    onChange: () => (changes += 1),
  });
  onTestFinished(() => secure.close(0));
  const know = () => (listeners = { port: 1, secure: { port: secure.port, certificate: secure.certificate() } });
  know();
  const ca = readFileSync(authority.caFile);
  const ask = (
    host: string,
    path: string,
    { method = 'GET', headers = {}, body }: { method?: string; headers?: Record<string, string>; body?: string } = {},
  ) =>
    new Promise<{ status: number; headers: NodeJS.Dict<string | string[]>; text: string }>((resolve, reject) => {
      request(
        {
          ...{ host: '127.0.0.1', port: secure.port, servername: host, ca, path, method, agent: false },
          headers: { host: `${host}:${secure.port}`, 'content-type': 'application/json', ...headers },
        },
        (response) => {
          let text = '';
          response.on('data', (chunk) => (text += String(chunk)));
          response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, text }));
        },
      )
        .on('error', reject)
        .end(body);
    });
  return { ...dashboard, secure, troubles, know, changes: () => changes, secured: ask };
};

const bearer = { authorization: `Bearer ${token}` };

test('a device that trusts the authority pairs over HTTPS and gets a cookie that only HTTPS sends', async () => {
  const { secured, secure } = await openSecured(authority.issue('walnut', ['walnut.lan', '127.0.0.1']));
  const made = await secured('walnut.lan', '/api/v1/pair/codes', { method: 'POST', headers: bearer });
  const link = JSON.parse(made.text) as { url: string; why: string };
  expect(link.url).toMatch(new RegExp(`^https://walnut\\.lan:${secure.port}/#pair=[\\w-]{22}$`));
  expect(link.why).toBe('loopback_only');
  const paired = await secured('walnut.lan', '/api/v1/pair', {
    method: 'POST',
    headers: { origin: `https://walnut.lan:${secure.port}` },
    body: JSON.stringify({ code: link.url.split('=')[1] }),
  });
  expect(paired.status).toBe(200);
  expect(String(paired.headers['set-cookie'])).toMatch(/; Secure; SameSite=Strict$/);
});

test('over HTTPS it answers to the names of its certificate and those that were given, and to pages of its own only', async () => {
  const { secured, secure } = await openSecured(authority.issue('names', ['walnut.lan', '*.box.lan']), {
    names: ['hive.box.lan'],
    desk: { agents: () => Promise.resolve([]) },
  });
  const status = async (host: string, headers: Record<string, string> = {}) =>
    (await secured(host, '/api/v1/agents', { headers: { ...bearer, ...headers } })).status;
  expect(await status('walnut.lan')).toBe(200);
  expect(await status('hive.box.lan')).toBe(200);
  expect(await status('walnut.lan', { host: 'evil.example' })).toBe(421);
  expect(await status('walnut.lan', { host: 'other.box.lan' })).toBe(421);
  expect(await status('walnut.lan', { origin: `https://walnut.lan:${secure.port}` })).toBe(200);
  for (const origin of [
    `http://walnut.lan:${secure.port}`,
    'https://walnut.lan',
    `https://hive.box.lan:${secure.port}`,
  ])
    expect(await status('walnut.lan', { origin }), origin).toBe(403);
});

test('it speaks HTTP/1.1 and TLS 1.2 or newer, and survives who does not', async () => {
  const { secured, secure } = await openSecured(authority.issue('protocols', ['walnut.lan']));
  const spoken = await new Promise((resolve, reject) => {
    const socket = connect({
      ...{ host: '127.0.0.1', port: secure.port, servername: 'walnut.lan', ca: readFileSync(authority.caFile) },
      ALPNProtocols: ['h2', 'http/1.1'],
    });
    socket.once('secureConnect', () => resolve(socket.alpnProtocol)).once('error', reject);
    onTestFinished(() => void socket.destroy());
  });
  expect(spoken).toBe('http/1.1');
  await expect(fetch(`http://127.0.0.1:${secure.port}/`)).rejects.toThrow();
  expect((await secured('walnut.lan', '/sw.js')).status).toBe(200);
});

test('a renewed certificate is taken up, and one that does not fit is not', async () => {
  const pair = authority.issue('renewed', ['walnut.lan']);
  const other = authority.issue('newer', ['walnut.lan', 'chestnut.lan']);
  const { secured, secure, know, troubles, changes } = await openSecured(pair);
  copyFileSync(other.certFile, pair.certFile);
  secure.look();
  expect(troubles.map(({ code }) => code)).toEqual(['tls.mismatch']);
  expect((await secured('walnut.lan', '/sw.js')).status).toBe(200);
  copyFileSync(other.keyFile, pair.keyFile);
  secure.look();
  expect(changes()).toBe(1);
  know();
  expect((await secured('chestnut.lan', '/sw.js')).status).toBe(200);
});

test('a certificate that is over is told, and what cannot work is refused at the start', async () => {
  const over = await openSecured(authority.issue('over', ['walnut.lan'], -1));
  expect(over.troubles.map(({ code }) => code)).toEqual(['tls.expired']);
  await expect(over.secured('walnut.lan', '/sw.js')).rejects.toMatchObject({ code: 'CERT_HAS_EXPIRED' });
  const taken = { ...authority.issue('taken', ['walnut.lan']), caFile: null, bind: '127.0.0.1', hstsDays: 0 };
  const none = { onTrouble: () => undefined, onChange: () => undefined };
  await expect(listenSecure(over.app, { ...taken, port: over.secure.port }, none)).rejects.toMatchObject({
    code: 'port.in_use',
    message: expect.stringContaining('is in use by another program; change hive.http.tls.port') as string,
  });
  await expect(listenSecure(over.app, { ...taken, port: 0, bind: '203.0.113.9' }, none)).rejects.toMatchObject({
    message: expect.stringContaining('is no address of this machine; change hive.http.tls.bind') as string,
  });
});

test('browsers are told to insist on HTTPS only where that was asked for, and never for localhost or an address', async () => {
  const hsts = async (hstsDays: number, host: string) =>
    (
      await (
        await openSecured(authority.issue(`hsts-${host}-${hstsDays}`, ['walnut.lan', 'localhost', '127.0.0.1']), {
          hstsDays,
        })
      ).secured(host, '/')
    ).headers['strict-transport-security'];
  expect(await hsts(0, 'walnut.lan')).toBeUndefined();
  expect(await hsts(30, 'walnut.lan')).toBe('max-age=2592000');
  expect(await hsts(30, 'localhost')).toBeUndefined();
});

test('the certificate of the authority is there for whoever is to trust it', async () => {
  const { secured } = await openSecured(authority.issue('offered', ['walnut.lan']));
  const found = await secured('walnut.lan', '/hive-ca.crt');
  expect(found.headers['content-type']).toBe('application/x-x509-ca-cert');
  expect(found.text).toBe(readFileSync(authority.caFile, 'utf8'));
});
