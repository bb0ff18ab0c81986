import { HostGrant } from '@hive/events';
import { expect, test } from 'vitest';
import { isPublic } from './address.ts';
import { grantFor, grantOf, hostOf } from './grants.ts';
import { upstreamFor } from './upstream.ts';

test.each([
  '127.0.0.1',
  '2130706433',
  '0x7f.1',
  '127.1',
  '[::1]',
  '::1',
  'allowed.org.',
  'evil.org\0.allowed.org',
  'evil.org%00.allowed.org',
  'user@allowed.org',
  'allowed.org#.evil.org',
  'a b.org',
  'xn--é.org',
  'under_score.org',
  '-a.org',
  'a..org',
  '.allowed.org',
  '*.allowed.org',
  '',
  `${'a'.repeat(64)}.org`,
  `${'a.'.repeat(127)}org`,
])('%j is not the name of a host', (text) => {
  expect(hostOf(text)).toBeNull();
});

test('a name is read without regard to case, and one label is enough', () => {
  expect(['Registry.Example.ORG', 'localhost', '3com.com', '1.example'].map(hostOf)).toEqual([
    'registry.example.org',
    'localhost',
    '3com.com',
    '1.example',
  ]);
});

test('a grant means whole labels and its ports', () => {
  const grants = ['example.org', '*.cdn.net', 'own.dev:8443'].map((text) => {
    const grant = grantOf(text);
    if (!grant) throw new Error(text);
    return grant;
  });
  const asks = (text: string) => {
    const [host = '', port = '443'] = text.split(':');
    return grantFor(grants, { host, port: Number(port) }) !== undefined;
  };
  const granted = ['example.org', 'example.org:80', 'a.cdn.net', 'a.b.cdn.net', 'own.dev:8443'];
  const refused = [
    'evilexample.org',
    'a.example.org',
    'example.org.evil',
    'cdn.net',
    'xcdn.net',
    'example.org:22',
    'own.dev',
  ];
  expect(granted.filter((text) => !asks(text))).toEqual([]);
  expect(refused.filter(asks)).toEqual([]);
});

test('what hive.yaml accepts as a grant is read as one, and nothing else', () => {
  const texts = [
    'example.org',
    '*.a.example.org',
    'localhost:4873',
    '*',
    '*.org',
    '*.',
    'a.*.org',
    '10.0.0.1',
    'http://a.org',
    'a.org:',
    'a.org.',
  ];
  expect(texts.map((text) => HostGrant.safeParse(text).success)).toEqual(texts.map((text) => grantOf(text) !== null));
  expect(texts.filter((text) => grantOf(text))).toEqual(['example.org', '*.a.example.org', 'localhost:4873']);
});

test.each([
  ['8.8.8.8', true],
  ['203.0.113.80', true],
  ['2606:4700::1111', true],
  ['127.0.0.1', false],
  ['10.1.2.3', false],
  ['172.31.0.1', false],
  ['192.168.1.1', false],
  ['169.254.169.254', false],
  ['100.100.100.200', false],
  ['168.63.129.16', false],
  ['0.0.0.0', false],
  ['224.0.0.1', false],
  ['255.255.255.255', false],
  ['::1', false],
  ['::', false],
  ['::ffff:127.0.0.1', false],
  ['::ffff:8.8.8.8', false],
  ['::127.0.0.1', false],
  ['64:ff9b::7f00:1', false],
  ['2002:7f00:1::', false],
  ['2001:0:7f00:1::', false],
  ['fe80::1', false],
  ['fd00:ec2::254', false],
  ['ff02::1', false],
])('%s is public: %s', (address, expected) => {
  expect(isPublic(address)).toBe(expected);
});

test("the user's own proxy is honoured, and so is what it is not for", () => {
  const env = {
    HTTPS_PROXY: 'http://me:secret@proxy:3128',
    http_proxy: 'proxy:8080',
    NO_PROXY: 'corp.example,.lan,own.dev:8443',
  };
  const asks = (scheme: 'http' | 'https', host: string, port = 443) =>
    upstreamFor(env, { scheme, host, port })?.host ?? null;
  expect(asks('https', 'pypi.org')).toBe('proxy:3128');
  expect(asks('http', 'pypi.org', 80)).toBe('proxy:8080');
  expect(['corp.example', 'a.corp.example', 'box.lan'].map((host) => asks('https', host))).toEqual([null, null, null]);
  expect(asks('https', 'notcorp.example')).toBe('proxy:3128');
  expect([asks('https', 'own.dev', 8443), asks('https', 'own.dev')]).toEqual([null, 'proxy:3128']);
  expect(upstreamFor({}, { scheme: 'https', host: 'pypi.org', port: 443 })).toBeNull();
  expect(upstreamFor({ ALL_PROXY: 'socks5://p:1' }, { scheme: 'https', host: 'pypi.org', port: 443 })).toBeNull();
});
