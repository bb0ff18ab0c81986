// What is installed, as npm recorded it. Plain JavaScript for Node 20: the bootstrap runs before anything is installed.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const packagesOf = (file) => JSON.parse(readFileSync(file, 'utf8')).packages;
const same = (a, b) => a.version === b.version && a.integrity === b.integrity && a.link === b.link;

/**
 * True when `node_modules` holds what the lock file asks for, whoever ran `npm ci`.
 *
 * npm writes `node_modules/.package-lock.json` as the last act of an install, so an interrupted one has none. What is
 * optional may be missing (other platforms, `--omit=optional`); everything recorded must still be there as a folder.
 */
export function isInstalled(root) {
  const record = join(root, 'node_modules/.package-lock.json');
  if (!existsSync(record)) return false;
  const wanted = packagesOf(join(root, 'package-lock.json'));
  const found = packagesOf(record);
  const complete = Object.entries(wanted).every(([path, entry]) =>
    path === '' || !found[path] ? path === '' || entry.optional === true : same(entry, found[path]),
  );
  return complete && Object.keys(found).every((path) => wanted[path] && existsSync(join(root, path, 'package.json')));
}

/** How many packages of others lie in `node_modules`; our own are links. */
export const countInstalled = (root) =>
  Object.entries(packagesOf(join(root, 'node_modules/.package-lock.json'))).filter(
    ([path, entry]) => path.includes('node_modules/') && !entry.link,
  ).length;
