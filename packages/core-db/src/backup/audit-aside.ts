import { existsSync } from 'node:fs';
import { copyFile, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { syncFolder } from '../artefacts.ts';
import { auditFiles, auditFolder } from '../audit/audit-files.ts';

/** The audit of another log, out of the way of the one that is restored; nothing of it is lost. */
export type AuditAside = {
  /** Where it lies now. */
  readonly folder: string;
  /** Takes the key over when it signed what was restored too: the chain goes on from there. */
  readonly keepKey: () => Promise<void>;
  /** Puts it back. */
  readonly undo: () => Promise<void>;
};

/**
 * Moves what attests another log aside. Its checkpoints lie outside of the database and may tell of events that a backup is too old to hold,
 * which would be taken for a log that somebody has cut. Null when there is none.
 */
export const moveAuditAside = async (home: string): Promise<AuditAside | null> => {
  if (!existsSync(auditFiles(home).checkpoints)) return null;
  const { folder, privateKey } = auditFolder(home);
  const aside = freeName(`${folder}-before-restore`);
  await rename(folder, aside);
  await syncFolder(home);
  return {
    folder: aside,
    keepKey: async () => {
      const key = join(aside, 'key.pem');
      const [theirs, ours] = await Promise.all([publicKeyIn(aside), publicKeyIn(folder)]);
      // The mode comes along.
      if (ours !== null && ours === theirs && existsSync(key)) await copyFile(key, privateKey);
    },
    undo: async () => {
      await rm(folder, { recursive: true, force: true });
      await rename(aside, folder);
    },
  };
};

const freeName = (name: string): string => {
  for (let n = 1; ; n++) {
    const tried = n === 1 ? name : `${name}-${n}`;
    if (!existsSync(tried)) return tried;
  }
};

const publicKeyIn = (folder: string): Promise<string | null> =>
  readFile(join(folder, 'key.pub.pem'), 'utf8').catch(() => null);
