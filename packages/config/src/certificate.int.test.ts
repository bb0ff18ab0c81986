import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test as base } from 'vitest';
import { certificateTrouble, readAuthority, readCertificate } from './index.ts';
import { makeAuthority, noCertificates } from './testing/certificates.ts';

const missing = noCertificates();
const test = base.skipIf(missing !== null);
const folder = mkdtempSync(join(tmpdir(), 'hive-certificates-'));
afterAll(() => rmSync(folder, { recursive: true }));
const authority = missing === null ? makeAuthority(folder) : (undefined as never);
const day = 24 * 3600 * 1000;

const refusal = (read: () => unknown): string => {
  try {
    read();
    return 'read';
  } catch (error) {
    const { code, message } = error as { code: string; message: string };
    return `${code} ${message.replaceAll(`${folder}/`, '')}`;
  }
};

test('a certificate tells which names it is for, and which it covers', () => {
  const pair = authority.issue('good', ['walnut.lan', '*.hive.example.org', '192.168.1.27', 'fd00::1']);
  const found = readCertificate(pair);
  expect(found.names).toEqual(['walnut.lan', '*.hive.example.org', '192.168.1.27', 'fd00:0:0:0:0:0:0:1']);
  expect(found.issuer).toBe('Test authority');
  const covered = [
    'walnut.lan',
    'a.hive.example.org',
    '192.168.1.27',
    'fd00::1',
    'good',
    'a.b.hive.example.org',
    '192.168.1.28',
  ];
  expect(covered.map((name) => found.covers(name))).toEqual([true, true, true, true, false, false, false]);
  expect(certificateTrouble(found, pair.certFile, Date.now())).toBeNull();
});

test('a key of another certificate, exchanged, missing and unreadable files are told apart', () => {
  const [one, two] = [authority.issue('one', ['one.lan']), authority.issue('two', ['two.lan'])];
  expect(refusal(() => readCertificate({ ...one, keyFile: two.keyFile }))).toMatch(
    /^tls\.mismatch The key in two\.key is not that of the certificate in one\.crt/,
  );
  expect(refusal(() => readCertificate({ certFile: one.keyFile, keyFile: one.certFile }))).toBe(
    'tls.unreadable one.key (hive.http.tls.cert) holds no certificate but a private key; exchange the two files',
  );
  expect(refusal(() => readCertificate({ ...one, certFile: join(folder, 'none.crt') }))).toBe(
    'tls.unreadable none.crt (hive.http.tls.cert) is not there',
  );
  expect(refusal(() => readCertificate({ ...one, keyFile: folder }))).toMatch(/tls\.key\) is a folder$/);
  writeFileSync(join(folder, 'text.key'), 'hello');
  expect(refusal(() => readCertificate({ ...one, keyFile: join(folder, 'text.key') }))).toMatch(
    /^tls\.unreadable text\.key .* holds no private key in PEM form/,
  );
  writeFileSync(
    join(folder, 'locked.key'),
    '-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n',
  );
  expect(refusal(() => readCertificate({ ...one, keyFile: join(folder, 'locked.key') }))).toMatch(
    /locked by a passphrase/,
  );
});

test('what a browser will refuse is said before it does', () => {
  const pair = authority.issue('short', ['short.lan'], 10);
  const found = readCertificate(pair);
  const trouble = (at: number, more = found) => {
    const it = certificateTrouble(more, 'short.crt', at);
    return it && `${it.error.code} ${it.isSoon ? 'soon' : 'now'} ${it.error.message}`;
  };
  expect(trouble(Date.now() + 60_000)).toMatch(/^tls\.expired soon The certificate in short\.crt is over in 9 days/);
  expect(trouble(Date.parse(found.until) - 60_000)).toMatch(/is over within a day/);
  expect(trouble(Date.now() + 11 * day)).toMatch(/^tls\.expired now The certificate in short\.crt is over since/);
  expect(trouble(Date.now() - 2 * day)).toMatch(/^tls\.expired now .* holds from/);
  expect(trouble(Date.now() + 60_000, readCertificate(authority.issue('nameless', [])))).toMatch(
    /^tls\.names now .* lists no name/,
  );
});

test('of an authority its certificate is told and nothing else that lies in the file', () => {
  const pair = authority.issue('leaf', ['leaf.lan']);
  expect(refusal(() => readAuthority(pair.certFile))).toMatch(/^tls\.unreadable leaf\.crt .* is no authority/);
  const both = join(folder, 'both.pem');
  cpSync(authority.caFile, both);
  writeFileSync(both, '-----BEGIN PRIVATE KEY-----\nsecret\n-----END PRIVATE KEY-----\n', { flag: 'a' });
  const { pem, fingerprint } = readAuthority(both);
  expect(pem).toMatch(/^-----BEGIN CERTIFICATE-----/);
  expect(pem).not.toContain('secret');
  expect(fingerprint).toMatch(/^([0-9A-F]{2}:){31}[0-9A-F]{2}$/);
});
