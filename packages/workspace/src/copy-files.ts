import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);
const how = process.platform === 'linux' ? ['-a', '--reflink=auto'] : ['-Rp'];

/** Copies files and folders as they are, links as links, into a folder; shares their blocks where the file system can. */
export const copyFiles = async (paths: readonly string[], into: string): Promise<void> => {
  await run('/bin/cp', [...how, '--', ...paths, into], { env: {} });
};
