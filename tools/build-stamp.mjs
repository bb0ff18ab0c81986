// From which sources an app was built. Plain JavaScript for Node 20: the bootstrap and the guard of `hive` ask too.
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const shared = ['package-lock.json', 'tsconfig.base.json', 'tools/build-app.mjs'];
const isSource = (name) => !['dist', 'node_modules', 'README.md'].includes(name) && !/\.test\.m?ts$/.test(name);

/** Every file below `path` that a build may read, sorted, so that the same sources always give the same hash. */
function filesIn(root, path) {
  return readdirSync(join(root, path), { withFileTypes: true })
    .filter((entry) => isSource(entry.name))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const below = `${path}/${entry.name}`;
      return entry.isDirectory() ? filesIn(root, below) : [below];
    });
}

const manifestOf = (root, room) => JSON.parse(readFileSync(join(root, room, 'package.json'), 'utf8'));

/** The app's folder and those of the packages that it is built from. */
function roomsOf(root, room, seen = new Set()) {
  if (seen.has(room) || !existsSync(join(root, room))) return seen;
  seen.add(room);
  for (const name of Object.keys(manifestOf(root, room).dependencies ?? {})) {
    if (name.startsWith('@hive/')) roomsOf(root, name.replace('@hive', 'packages'), seen);
  }
  return seen;
}

/** A hash of everything that goes into the app: its sources, its packages' sources, the lock file, the build itself. */
export function sourceHash(root, app) {
  const hash = createHash('sha256');
  const files = [...shared, ...[...roomsOf(root, app)].sort().flatMap((room) => filesIn(root, room))];
  for (const file of files) {
    const content = readFileSync(join(root, file));
    hash.update(`${file}\0${content.length}\0`).update(content);
  }
  return hash.digest('hex');
}

const stampOf = (root, app) => join(root, app, 'dist/.built-from');

/** Written into the output itself, so that it goes when the output goes. */
export const writeStamp = (root, app, hash) => writeFileSync(stampOf(root, app), hash);

/** True when `dist` was built from exactly the sources that lie there now. */
export function isBuilt(root, app) {
  const stamp = stampOf(root, app);
  return existsSync(stamp) && readFileSync(stamp, 'utf8') === sourceHash(root, app);
}

/** The apps that have something to build, as paths: those that say so in their package.json and have a source. */
export const appsIn = (root) =>
  readdirSync(join(root, 'apps'))
    .map((name) => `apps/${name}`)
    .filter((app) => existsSync(join(root, app, 'package.json')) && manifestOf(root, app).scripts?.build)
    .filter((app) => existsSync(join(root, app, 'src/main.ts')) || existsSync(join(root, app, 'index.html')));
