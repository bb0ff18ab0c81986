import { join } from 'node:path';

/** Where the audit of a home lies, outside of any database. */
export type AuditFiles = { readonly checkpoints: string; readonly publicKey: string };

/** The files that `hive verify` reads, and that may be copied to another place. */
export const auditFiles = (home: string): AuditFiles => ({
  checkpoints: join(home, 'audit', 'checkpoints.jsonl'),
  publicKey: join(home, 'audit', 'key.pub.pem'),
});

/** The folder of the audit and the two files in it that stay where they are. */
export const auditFolder = (home: string) => ({
  folder: join(home, 'audit'),
  privateKey: join(home, 'audit', 'key.pem'),
  lock: join(home, 'audit', 'lock'),
});
