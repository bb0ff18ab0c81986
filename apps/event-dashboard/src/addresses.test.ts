import type { Certificate } from '@hive/config';
import { expect, test } from 'vitest';
import { originsOf, reachableAt } from './addresses.ts';

const certificate = (names: readonly string[]): Certificate => ({
  ...{ cert: '', key: '', names, issuer: 'me', from: '', until: '' },
  covers: (name) => names.includes(name) || names.includes(name.replace(/^[^.]+/, '*')),
});
const tls = (bind: string) => ({
  ...{ certFile: '', keyFile: '', caFile: null, bind, port: 4484, hstsDays: 0 },
});
const http = (bind: string | null, more = {}) => ({
  ...{ tls: bind === null ? null : tls(bind), names: [], proxied: [] },
  ...more,
});
const secure = (names: readonly string[], port = 4484) => ({
  port: 4483,
  secure: { port, certificate: certificate(names) },
});

test('without a certificate it answers on loopback only, and to a proxy that was named', () => {
  const plain = { port: 4483, secure: null };
  expect(originsOf(http(null), plain)).toEqual(['http://localhost:4483', 'http://127.0.0.1:4483', 'http://[::1]:4483']);
  expect(reachableAt(http(null), plain)).toEqual([]);
  const proxied = http(null, { proxied: ['https://hive.example.org'] });
  expect(originsOf(proxied, plain)).toContain('https://hive.example.org');
  expect(reachableAt(proxied, plain)).toEqual(['https://hive.example.org']);
});

test('bound to loopback nobody else is told to come', () => {
  expect(reachableAt(http('127.0.0.1'), secure(['walnut.lan']))).toEqual([]);
});

test('what a device is told to open is covered by the certificate, names first, and leads here', () => {
  const found = reachableAt(
    http('192.0.2.7', { names: ['a.hive.lan', 'b.other.lan'] }),
    secure(['192.0.2.7', '*.hive.lan', 'walnut.lan', '192.0.2.8']),
  );
  expect(found).toEqual(['https://a.hive.lan:4484', 'https://walnut.lan:4484', 'https://192.0.2.7:4484']);
});

test('the usual port of HTTPS is no part of an origin, and a star is no name', () => {
  const origins = originsOf(http('::'), secure(['walnut.lan', '*.hive.lan'], 443));
  expect(origins).toContain('https://walnut.lan');
  expect(origins.filter((origin) => origin.includes('*'))).toEqual([]);
});
