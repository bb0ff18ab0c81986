import { createPrivateKey, createPublicKey, generateKeyPairSync, randomUUID, type KeyObject } from 'node:crypto';
import { existsSync, linkSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { writeDurably } from './write-durably.ts';

/** The key that signs statements about evidence: another one than that of the checkpoints, so that neither can be asked for the other's signature. */
export const evidenceKeyFiles = (home: string) => ({
  privateKey: join(home, 'evidence', 'key.pem'),
  publicKey: join(home, 'evidence', 'key.pub.pem'),
});

/** Opens the key of this home; made at first use (Ed25519, 0600), once, whoever asks at the same time. It never enters the database. */
export const openEvidenceKey = (home: string): KeyObject => {
  const { privateKey, publicKey } = evidenceKeyFiles(home);
  mkdirSync(dirname(privateKey), { recursive: true, mode: 0o700 });
  if (!existsSync(privateKey)) make(privateKey);
  const key = createPrivateKey(readFileSync(privateKey));
  if (!existsSync(publicKey))
    writeDurably(publicKey, createPublicKey(key).export({ type: 'spki', format: 'pem' }), 0o644);
  return key;
};

/** A link takes the name only if nobody has it yet. */
const make = (path: string): void => {
  const own = `${path}.${randomUUID()}`;
  writeDurably(own, generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }), 0o600);
  try {
    linkSync(own, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    rmSync(own, { force: true });
  }
};
