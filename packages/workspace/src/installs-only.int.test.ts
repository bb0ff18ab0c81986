import { readdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import type { Setup } from '@hive/events';
import { expect, test } from 'vitest';
import { installsOnly } from './installs-only.ts';
import { createTestRepo, createTestWorkspace, plain, type Files } from './testing.ts';

const manifest = (more: object = {}) => JSON.stringify({ name: 'orchard', version: '1.0.0', ...more });
const lock = JSON.stringify({
  ...{ name: 'orchard', version: '1.0.0', lockfileVersion: 3, requires: true },
  packages: { '': { name: 'orchard', version: '1.0.0' } },
});
const files: Files = {
  'package.json': manifest({ scripts: { test: 'node --test' }, workspaces: ['packages/*'] }),
  'package-lock.json': lock,
  'index.js': '1\n',
  'packages/pear/package.json': manifest({ name: 'pear' }),
};
const locked = (entry: object): Files => ({
  'package-lock.json': JSON.stringify({ lockfileVersion: 3, packages: { '': {}, 'node_modules/fig': entry } }),
});
const ci: Setup = { argv: ['npm', 'ci'], lockfile: 'package-lock.json', source: 'found' };

const keysOf = (changes: readonly Files[], setup: Setup = ci) => {
  const repo = createTestRepo(files);
  const gitDir = join(repo.root, '.git');
  return Promise.all(
    [repo.first, ...changes.map((it) => repo.commit(it))].map((at) => installsOnly(gitDir, at, setup)),
  );
};

test('commits with the same manifests are one, and any other manifest is another', async () => {
  const [first, ...others] = await keysOf([
    { 'index.js': '2\n', 'src/package.json.txt': 'x' },
    { 'packages/pear/package.json': manifest({ name: 'pear', bin: 'pear.js' }) },
    { 'packages/fig/package.json': manifest({ name: 'fig' }) },
  ]);
  expect(first).toMatch(/^[0-9a-f]{64}$/);
  expect(others[0]).toBe(first);
  expect(new Set(others).size).toBe(3);
});

test('where there is one package, manifests elsewhere are files like any other', async () => {
  const alone: Files = { 'package.json': manifest() };
  const fixture: Files = { 'test/fixture/package.json': manifest({ scripts: { prepare: 'x' } }) };
  const linked = lock.replace(
    '"packages":{',
    '"packages":{"node_modules/pear":{"resolved":"packages/pear","link":true},',
  );
  const [, first, other, more] = await keysOf([alone, fixture, { 'package-lock.json': linked }]);
  expect(first).not.toBeNull();
  expect(other).toBe(first);
  expect(more).toBeNull();
});

test.each<[string, Files]>([
  ['a script of its own that an install runs', { 'package.json': manifest({ scripts: { prepare: 'node build.js' } }) }],
  ['such a script below it', { 'packages/pear/package.json': manifest({ scripts: { postinstall: 'x' } }) }],
  ['settings of the tool', { '.npmrc': 'node-options=--require ./index.js\n' }],
  ['what was installed among its files', { 'node_modules/x/index.js': '1\n' }],
  ['a manifest that cannot be read', { 'packages/pear/package.json': '{' }],
  ['scripts that are none', { 'package.json': manifest({ scripts: 'prepare' }) }],
  ['no lock file', { 'package-lock.json': null }],
  ['a lock file that npm prefers', { 'npm-shrinkwrap.json': lock }],
  ['something to build', { 'packages/pear/binding.gyp': '{}' }],
  ['a package with scripts', locked({ hasInstallScript: true })],
  ['a package whose lock names scripts', locked({ scripts: { install: 'x' } })],
  ['a package out of the repository', locked({ resolved: 'file:a.tgz' })],
  ['a package out of a git repository', locked({ resolved: 'git+ssh://git@example.org/a.git#1' })],
  ['an older lock file', { 'package-lock.json': lock.replace('3', '1') }],
])('with %s the commit itself counts', async (_, change) => {
  const [first, other] = await keysOf([change]);
  expect(first).not.toBeNull();
  expect(other).toBeNull();
});

test('a manifest that is a link to somewhere is not trusted', async () => {
  const repo = createTestRepo({ ...files, 'other.json': manifest() });
  repo.git('mv', 'packages/pear/package.json', 'packages/pear/was.json');
  symlinkSync('../../other.json', join(repo.root, 'packages/pear/package.json'));
  expect(await installsOnly(join(repo.root, '.git'), repo.commit({}), ci)).toBeNull();
});

test.each([
  [['make', 'deps'], null],
  [['npm', 'ci', '--prefix', 'sub'], null],
  [['npm', 'run', 'ci'], null],
  [['sh', '-c', 'npm ci'], null],
  [['constructor', 'ci'], null],
  [['pnpm', 'install', '--frozen-lockfile'], null],
  [['yarn', 'install', '--immutable'], null],
  [['npm', 'ci', '--ignore-scripts', '--no-audit'], expect.any(String)],
])('%j', async (argv, expected) => {
  const [key] = await keysOf([], { ...ci, argv: argv });
  expect(key).toEqual(expected);
});

test('scripts of its own do not count where the install runs none', async () => {
  const change: Files = {
    'package.json': manifest({ scripts: { prepare: 'node build.js' } }),
    ...locked({ hasInstallScript: true }),
  };
  const [, other] = await keysOf([change], { ...ci, argv: ['npm', 'ci', '--ignore-scripts'] });
  expect(other).not.toBeNull();
});

test('what was installed for one base serves the next, and a base with other manifests has its own', async () => {
  const repo = createTestRepo({ ...files, 'package.json': manifest() });
  const { workspace, home } = createTestWorkspace();
  const installed = async (base: string) => {
    await workspace.open({ repo: repo.root, base, ...plain, setup: ci });
    return readdirSync(join(home, 'setup')).filter((name) => !name.includes('.')).length;
  };
  expect(await installed(repo.first)).toBe(1);
  expect(await installed(repo.commit({ 'index.js': '2\n' }))).toBe(1);
  expect(await installed(repo.commit({ 'package.json': manifest({ main: 'x.js' }) }))).toBe(2);
});
