import { createHash } from 'node:crypto';

/** The short name of the mirror of a repository: nothing of the user's path is in it. `root` is the top of the working tree. */
export const mirrorName = (root: string): string => createHash('sha256').update(root).digest('hex').slice(0, 16);
