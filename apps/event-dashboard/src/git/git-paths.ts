/** Where git speaks to this server: `/git/<name>.git/…`. */
export const gitPrefix = '/git/';

/**
 * A push is cut off beyond this, in bytes. git takes a pack of 256 MB; what is larger is read to its end all the same, because git listens to an
 * answer only when it has said everything.
 */
export const pushLimit = 1024 * 1024 * 1024;

/** True for a request that brings a pack, of a length that git need not know before. */
export const isPush = (method: string, path: string): boolean =>
  method === 'POST' && /^\/git\/[^/]+\/git-receive-pack$/.test(path);
