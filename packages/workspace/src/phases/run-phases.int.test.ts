import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import type { Setup } from '@hive/events';
import { expect, onTestFinished, test } from 'vitest';
import { calm, createTestRepo, createTestWorkspace, plain, tempFolder } from '../testing.ts';
import { fetchWheels } from './fetch-wheels.ts';

/** A script that is run by an install: what it finds on the network, by the proxy that it is told of and past it. */
const reach = `
const { request } = require('node:http');
const { writeFileSync } = require('node:fs');
const [where, port] = process.argv.slice(2);
const ask = (options) =>
  new Promise((done) => {
    const asked = request(options, (got) => done('answered ' + got.resume().statusCode));
    asked.on('error', (error) => done(error.code)).end();
  });
(async () => {
  const proxy = process.env.HTTP_PROXY && new URL(process.env.HTTP_PROXY);
  const headers = proxy && { 'proxy-authorization': 'Basic ' + btoa('hive:' + proxy.password) };
  const path = 'http://127.0.0.1:' + port + '/stolen';
  const told = {
    byProxy: proxy ? await ask({ host: proxy.hostname, port: proxy.port, path, headers }) : 'no proxy',
    past: await ask({ host: '127.0.0.1', port, path: '/stolen' }),
    sees: require('node:fs').existsSync(require('node:path').join(process.env.INIT_CWD || '.', 'source.js')),
  };
  writeFileSync(where, JSON.stringify(told));
})();
`;

/** A registry on loopback with one package whose install script reaches out. Answers what it was asked for. */
const registryDouble = async () => {
  const folder = tempFolder();
  mkdirSync(join(folder, 'package'));
  const asked: string[] = [];
  let tarball: Buffer = Buffer.alloc(0);
  const server = createServer((request, answer) => {
    asked.push(request.url ?? '');
    if (request.url?.endsWith('.tgz')) answer.end(tarball);
    else answer.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  const manifest = { name: 'reacher', version: '1.0.0', scripts: { postinstall: `node reach.js told.json ${port}` } };
  writeFileSync(join(folder, 'package/package.json'), JSON.stringify(manifest));
  writeFileSync(join(folder, 'package/reach.js'), reach);
  execFileSync('tar', ['-czf', join(folder, 'reacher.tgz'), '-C', folder, 'package']);
  tarball = readFileSync(join(folder, 'reacher.tgz'));
  const integrity = `sha512-${createHash('sha512').update(tarball).digest('base64')}`;
  return { port, asked, integrity };
};

/** A repository that needs it, and has a script of its own that does the same; null where there is no bubblewrap. */
const bench = async (granted: readonly string[] = []) => {
  const { port, asked, integrity } = await registryDouble();
  const dependencies = { reacher: '1.0.0' };
  const manifest = {
    name: 'app',
    version: '1.0.0',
    dependencies,
    scripts: { prepare: `node own.js own.json ${port}` },
  };
  const resolved = `http://127.0.0.1:${port}/reacher/-/reacher-1.0.0.tgz`;
  const lock = {
    ...{ name: 'app', version: '1.0.0', lockfileVersion: 3, requires: true },
    packages: {
      '': { name: 'app', version: '1.0.0', hasInstallScript: true, dependencies },
      'node_modules/reacher': { version: '1.0.0', resolved, integrity, hasInstallScript: true },
    },
  };
  const repo = createTestRepo({
    ...{ 'package.json': JSON.stringify(manifest), 'package-lock.json': JSON.stringify(lock) },
    ...{ 'own.js': reach, 'source.js': '', '.gitignore': 'node_modules\nown.json\n' },
  });
  const { workspace } = createTestWorkspace({
    sandbox: { mode: 'auto', allowUnsandboxed: false },
    env: {
      PATH: `${dirname(process.execPath)}:/usr/local/bin:/usr/bin:/bin`,
      npm_config_registry: `http://127.0.0.1:${port}/`,
    },
    egress: () => ({ setup: granted, checks: [] }),
  });
  const { kind, note } = await workspace.sandbox();
  if (kind !== 'bwrap') {
    process.stdout.write(`an install in two goes: not tested, ${note}\n`);
    return null;
  }
  const setup: Setup = { argv: ['npm', 'ci'], lockfile: 'package-lock.json', source: 'found' };
  return {
    port,
    asked,
    repo,
    workspace,
    setup,
    open: () => workspace.open({ repo: repo.root, base: repo.first, ...plain, setup }),
  };
};

test('the scripts of what npm installs, and those of the repository, run when no registry is in reach any more', async () => {
  const here = await bench();
  if (!here) return;
  const tree = await here.open();
  const told = (path: string) => JSON.parse(readFileSync(join(tree.dir, path), 'utf8')) as Record<string, unknown>;
  // They ran, saw the sources, and were refused by the proxy and past it.
  for (const path of ['node_modules/reacher/told.json', 'own.json'])
    expect(told(path), path).toEqual({ byProxy: 'answered 403', past: 'ECONNREFUSED', sees: true });
  expect(here.asked).toContain('/reacher/-/reacher-1.0.0.tgz');
  expect(here.asked).not.toContain('/stolen');
  expect(await tree.changedPaths()).toEqual([]);
  const check = { name: 'told', argv: ['test', '-e', 'own.json'], source: 'given' as const };
  const { evidence } = await here.workspace.prove({
    ...{ repo: here.repo.root, base: here.repo.first, head: here.repo.first, author: 'human', checks: [check] },
    ...{ setup: here.setup, tests: undefined, redBefore: 'not_needed', timeoutMs: 20_000, passEnv: [], agent: 'a' },
    signal: calm,
  });
  expect(evidence.setup).toMatchObject({
    ...{ argv: ['npm', 'ci'], cached: true, scripts: 'offline' },
    egress: expect.arrayContaining([
      expect.objectContaining({
        host: '127.0.0.1',
        refused: expect.objectContaining({ connections: 2 }) as unknown,
      }),
    ]) as unknown,
  });
});

test('the program that fetches for pip takes names from lists, and neither addresses nor folders nor what runs code', () => {
  const folder = tempFolder();
  const write = (name: string, text: string) => writeFileSync(join(folder, name), text);
  mkdirSync(join(folder, 'more'));
  write(
    'requirements.txt',
    '-r more/dev.txt\n-e .\n./local\na == 1.0 \\\n  --hash=sha256:00\nb @ file:///x\nc>=2 # why\n-c limits.txt\n--index-url http://evil/\ngit+https://evil/x\nd; python_version < "3"\n',
  );
  write('more/dev.txt', 'pytest[x]\n-r ../requirements.txt\n');
  write('limits.txt', 'idna==3.1\n');
  write(
    'pyproject.toml',
    '[build-system]\nrequires = ["builder"]\n[project]\nname = "own"\ndependencies = ["e"]\n[project.optional-dependencies]\ntest = ["f"]\n',
  );
  // A module of the repository takes no part.
  write('json.py', 'raise SystemExit("the repository was run")\n');
  const wheels = join(folder, 'wheels');
  const pip = ['sh', '-c', 'printf "%s\\n" "$@" > said', 'pip'];
  const wanted = {
    pip,
    wheels,
    looked: join(folder, 'own.txt'),
    lists: ['requirements.txt'],
    constraints: [],
    names: ['g'],
    own: ['.[test]'],
  };
  execFileSync('python3', ['-I', '-c', fetchWheels, 'fetch', JSON.stringify(wanted)], { cwd: folder });
  const said = readFileSync(join(folder, 'said'), 'utf8').trim().split('\n');
  expect(said.slice(-7)).toEqual(['g', 'pytest[x]', 'a==1.0', 'c>=2', 'builder', 'e', 'f']);
  expect(said).toEqual(expect.arrayContaining(['--only-binary', ':all:']));
  expect(readFileSync(join(wheels, 'constraints.txt'), 'utf8')).toBe('idna==3.1');
  expect(existsSync(join(folder, 'own.txt'))).toBe(false);
});

test('cargo finds the places of sources while it fetches, and nothing in them', async () => {
  const programs = tempFolder();
  const seen = 'test "$1" != fetch || { test -f src/lib.rs && test ! -s src/lib.rs && test ! -e other.sh; }';
  writeFileSync(join(programs, 'cargo'), `#!/bin/sh\n${seen}\n`, { mode: 0o755 });
  const repo = createTestRepo({ 'Cargo.toml': '', 'src/lib.rs': 'pub fn a() {}\n', 'other.sh': '' });
  const { workspace } = createTestWorkspace({
    sandbox: { mode: 'auto', allowUnsandboxed: false },
    env: { PATH: `${programs}:${dirname(process.execPath)}:/usr/bin:/bin` },
  });
  const { kind, note } = await workspace.sandbox();
  if (kind !== 'bwrap') return void process.stdout.write(`fetching with cargo: not tested, ${note}\n`);
  const setup: Setup = { argv: ['cargo', 'fetch'], lockfile: null, source: 'given' };
  const tree = await workspace.open({ repo: repo.root, base: repo.first, ...plain, setup });
  expect(readFileSync(join(tree.dir, 'src/lib.rs'), 'utf8')).toBe('pub fn a() {}\n');
  expect(await tree.changedPaths()).toEqual([]);
});
