// Makes a bare clone able to run: packages, a Node that is new enough and, with --build, the built programs.
// Plain JavaScript that starts on Node 20 and needs nothing installed.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, lstatSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { appsIn, isBuilt } from './build-stamp.mjs';
import { countInstalled, isInstalled } from './installed.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const link = join(root, 'node_modules/.bin/node');
const brings = process.platform === 'linux' && ['x64', 'arm64'].includes(process.arch);

if (!brings) requireNode(process.versions.node); // before a minute of installing, where nothing can change it
const installed = isInstalled(root) ? undefined : await install();
linkNode();
requireNode(nodeVersion());
if (process.argv.includes('--build')) await build();
if (installed !== undefined) console.log(installed);

/** Returns the line that says what was installed, for the end. */
async function install() {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const [command, args] = npm();
  const seconds = await run('Installing packages', command, [
    ...args,
    ...['ci', '--ignore-scripts', '--loglevel=error', '--progress=false'],
  ]);
  return `Hive ${version} · installed ${countInstalled(root).toLocaleString('en')} packages in ${seconds} s`;
}

/** Builds what is older than its sources; on the Node that the programs will run on. */
async function build() {
  const stale = appsIn(root).filter((app) => !isBuilt(root, app));
  if (stale.length === 0) return;
  const node = existsSync(link) ? link : process.execPath;
  await run('Building', node, [join(root, 'tools/build-app.mjs'), ...stale]);
}

/** The npm that runs us, on its own Node; else the one beside this Node, else the first in PATH. */
function npm() {
  const node = process.env.npm_node_execpath ?? process.execPath;
  const beside = ['node_modules', '../lib/node_modules'].map((path) =>
    join(dirname(process.execPath), path, 'npm/bin/npm-cli.js'),
  );
  const script = [process.env.npm_execpath ?? '', ...beside].find(
    (path) => basename(path) === 'npm-cli.js' && existsSync(path),
  );
  return script ? [node, [script]] : ['npm', []];
}

/** Runs one step, says every two seconds that it goes on, and ends the process with the step's code when it fails. */
async function run(title, command, args) {
  const started = Date.now();
  const elapsed = () => Math.round((Date.now() - started) / 1000);
  const terminal = process.stderr.isTTY;
  const say = (text) => process.stderr.write(terminal ? `\r${text}` : `${text}\n`);
  say(`${title} …`);
  // npm's own summary counts our links as packages, so its stdout is dropped; errors come on stderr.
  const child = spawn(command, args, { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] });
  const ticking = setInterval(() => say(`${title} … ${elapsed()} s`), 1500);
  const code = await new Promise((resolve) => {
    child.on('error', (error) => resolve(console.error(error.message) ?? 1));
    child.on('exit', (status) => resolve(status ?? 1));
  });
  clearInterval(ticking);
  if (terminal) process.stderr.write('\n');
  if (code !== 0) {
    console.error(`${title} failed (exit ${code}).`);
    process.exit(code);
  }
  return elapsed();
}

/** npm up to 11.6 drops this link when two optional packages offer the same command. */
function linkNode() {
  const target = `../node-linux-${process.arch}/bin/node`;
  if (!brings || existsSync(link) || !existsSync(join(dirname(link), target))) return;
  if (lstatSync(link, { throwIfNoEntry: false })) rmSync(link); // it led nowhere
  symlinkSync(target, link);
}

/** The version that npm scripts will run on. */
function nodeVersion() {
  if (!existsSync(link)) return process.versions.node;
  const { stdout } = spawnSync(link, ['-p', 'process.versions.node'], { encoding: 'utf8' });
  if (stdout?.trim()) return stdout.trim();
  rmSync(link); // musl: the bundled one does not start
  return process.versions.node;
}

function requireNode(version) {
  if (Number(version.split('.')[0]) >= 24) return;
  console.error(
    `Hive needs Node 24 or newer; found ${version}. Install it from https://nodejs.org and run the command again.`,
  );
  process.exit(78);
}
