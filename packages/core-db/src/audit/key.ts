import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { HiveError } from '@hive/errors';
import { auditFiles, auditFolder } from './audit-files.ts';
import { writeDurably } from './write-durably.ts';

/**
 * The key that signs the checkpoints of this home; made at first use (0600). A home that has checkpoints and has lost their key is not
 * given a new one: `audit.broken`. The caller holds the lock of the audit.
 */
export const openAuditKey = (home: string): KeyObject => {
  const { privateKey } = auditFolder(home);
  const { checkpoints, publicKey } = auditFiles(home);
  if (!existsSync(privateKey)) {
    if (existsSync(checkpoints))
      throw new HiveError(
        'audit.broken',
        `${checkpoints} is there and its key ${privateKey} is not; put the key back, or move the folder away to begin a new chain`,
        { remedy: 'fix_config' },
      );
    const made = generateKeyPairSync('ed25519').privateKey;
    writeDurably(privateKey, made.export({ type: 'pkcs8', format: 'pem' }), 0o600);
  }
  const key = createPrivateKey(readFileSync(privateKey));
  const open = createPublicKey(key).export({ type: 'spki', format: 'pem' });
  if (!existsSync(publicKey)) writeDurably(publicKey, open, 0o644);
  return key;
};
