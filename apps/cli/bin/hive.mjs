#!/usr/bin/env node
// The door of `hive` on any Node that can start it: Hive itself runs on 24 or newer, the clone brings one for Linux.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import module from 'node:module';
import { constants } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const app = dirname(dirname(fileURLToPath(import.meta.url)));
const root = dirname(dirname(app));

if (Number(process.versions.node.split('.')[0]) >= 24) await import(pathToFileURL(await entry()));
else runOnBundledNode();

/**
 * The bundle starts several times faster, but only while it is what the sources say: someone who has edited or pulled
 * must not run yesterday's program. Comparing contents costs a few milliseconds. Without sources there is no question.
 */
async function entry() {
  const [built, source] = [join(app, 'dist/main.js'), join(app, 'src/main.ts')];
  if (!existsSync(built)) return source;
  if (existsSync(source)) {
    const { isBuilt } = await import(pathToFileURL(join(root, 'tools/build-stamp.mjs'))); // only a checkout has it
    if (!isBuilt(root, 'apps/cli')) return source;
  }
  // Compiling took a third of what most commands cost. It goes with the bundle, and belongs to whoever may write there.
  module.enableCompileCache(join(app, 'dist/compiled'));
  return built;
}

function runOnBundledNode() {
  const bundled = join(root, `node_modules/node-linux-${process.arch}/bin/node`);
  if (process.platform !== 'linux' || !existsSync(bundled)) return refuse();
  const child = spawn(bundled, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], { stdio: 'inherit' });
  child.on('error', refuse); // musl: it is there and does not start
  child.on('exit', (code, signal) => process.exit(code ?? 128 + constants.signals[signal]));
  for (const signal of ['SIGTERM', 'SIGHUP', 'SIGINT']) process.on(signal, () => passOn(child, signal));
}

/** A terminal sends Ctrl-C to both of us; a second one would look like "stop at once". */
function passOn(child, signal) {
  if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal);
}

function refuse() {
  console.error(
    `Hive needs Node 24 or newer; found ${process.versions.node}. Install it from https://nodejs.org and run the command again.`,
  );
  process.exit(78);
}
