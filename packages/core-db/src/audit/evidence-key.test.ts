import { createPublicKey } from 'node:crypto';
import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { evidenceKeyFiles, openEvidenceKey } from './evidence-key.ts';

const openHome = () => {
  const home = mkdtempSync(join(tmpdir(), 'hive-evidence-key-'));
  onTestFinished(() => rmSync(home, { recursive: true, force: true }));
  return home;
};

test('a home has one key, readable by its owner alone, and its public half beside it', () => {
  const home = openHome();
  const { privateKey, publicKey } = evidenceKeyFiles(home);
  const key = openEvidenceKey(home);
  expect(openEvidenceKey(home).equals(key)).toBe(true);
  expect(key.asymmetricKeyType).toBe('ed25519');
  expect(statSync(privateKey).mode & 0o777).toBe(0o600);
  expect(statSync(join(home, 'evidence')).mode & 0o777).toBe(0o700);
  expect(createPublicKey(readFileSync(publicKey)).equals(createPublicKey(key))).toBe(true);
  expect(readdirSync(join(home, 'evidence')).sort()).toEqual(['key.pem', 'key.pub.pem']);
});

test('a public half that was lost or never written comes back', () => {
  const home = openHome();
  const key = openEvidenceKey(home);
  const { publicKey } = evidenceKeyFiles(home);
  rmSync(publicKey);
  openEvidenceKey(home);
  expect(createPublicKey(readFileSync(publicKey)).equals(createPublicKey(key))).toBe(true);
});
