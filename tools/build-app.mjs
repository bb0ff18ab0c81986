// Builds apps, all in one process: `node tools/build-app.mjs apps/cli apps/pwa`; without arguments, the one it stands in.
import { cpSync, existsSync, rmSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { sourceHash, writeStamp } from './build-stamp.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const migrations = join(root, 'packages/core-db/migrations');

// better-sqlite3 has a native part; pg asks for the other two only where they exist.
const external = ['better-sqlite3', 'pg-native', 'pg-cloudflare'];

/** `dist/main.js` for Node, and a chunk for each dynamic import: starting it takes a fraction of loading the sources. */
async function bundle(app) {
  const { build } = await import('rolldown');
  const dist = join(root, app, 'dist');
  rmSync(dist, { recursive: true, force: true });
  await build({
    input: join(root, app, 'src/main.ts'),
    platform: 'node',
    external,
    logLevel: 'warn',
    // One folder and no more: what a module looks up beside itself is beside each of its chunks too.
    output: { dir: dist, chunkFileNames: '[name]-[hash].js', format: 'esm', sourcemap: true },
  });
  // Read at run time, relative to the module.
  if (existsSync(migrations)) cpSync(migrations, join(dist, 'migrations'), { recursive: true });
}

/** The control room: static files, as its own Vite configuration says. */
async function site(app) {
  const { build } = await import('vite');
  await build({ root: join(root, app), logLevel: 'warn' });
}

/** Builds one app and notes what it was built from; hashed before, so that an edit during the build is not missed. */
async function buildApp(app) {
  const hash = sourceHash(root, app);
  await (existsSync(join(root, app, 'index.html')) ? site(app) : bundle(app));
  writeStamp(root, app, hash);
}

const here = relative(root, process.cwd()).split(sep).join('/');
const asked = process.argv.slice(2).map((path) => relative(root, resolve(root, path)).split(sep).join('/'));
await Promise.all((asked.length > 0 ? asked : [here]).map(buildApp));
