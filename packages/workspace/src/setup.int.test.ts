import {
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import type { Setup } from '@hive/events';
import { expect, test } from 'vitest';
import { relocateVenv } from './relocate.ts';
import { calm, createTestRepo, createTestWorkspace, plain, tempFolder, type Files } from './testing.ts';

/** An install that counts its runs in a file outside of the worktree, and leaves a dependency and a cache in HOME. */
const install = (counter: string, more = '') => `
echo ran >> '${counter}'
mkdir -p deps/sub && cat lock > deps/sub/version && chmod 600 deps/sub/version
mkdir -p made.folder && echo x > 'made.folder/[odd] *name' && echo cache > "$HOME/cache"
${more}`;

const prepared = (more = '', files: Files = {}) => {
  const counter = join(tempFolder(), 'counter');
  const repo = createTestRepo({ 'install.sh': install(counter, more), lock: '1\n', '.gitignore': 'deps\n', ...files });
  const setup: Setup = { argv: ['sh', 'install.sh'], lockfile: 'lock', source: 'given' };
  const bench = createTestWorkspace();
  const open = (base = repo.first, of = bench) => of.workspace.open({ repo: repo.root, base, ...plain, setup });
  const count = () => (existsSync(counter) ? readFileSync(counter, 'utf8').split('\n').length - 1 : 0);
  return { ...bench, repo, setup, open, count, bench };
};

test('a setup runs once for many worktrees, also when they are opened at the same time by two processes', async () => {
  const { open, count, home, bench } = prepared();
  const other = createTestWorkspace({ home });
  const trees = await Promise.all([open(), open(), open(undefined, other)]);
  for (const tree of trees) {
    expect(readFileSync(join(tree.dir, 'deps/sub/version'), 'utf8')).toBe('1\n');
    expect(statSync(join(tree.dir, 'deps/sub/version')).mode & 0o777).toBe(0o600);
    // What the setup made is not part of a change, ignored or not.
    expect(await tree.changedPaths()).toEqual([]);
    writeFileSync(join(tree.dir, 'made.folder', 'more'), 'x');
    expect(await tree.changedPaths()).toEqual([]);
  }
  expect(count()).toBe(1);
  writeFileSync(join(trees[0]?.dir ?? '', 'deps/sub/version'), 'spoilt');
  const next = await open(undefined, bench);
  expect(readFileSync(join(next.dir, 'deps/sub/version'), 'utf8')).toBe('1\n');
  expect(count()).toBe(1);
  expect(readdirSync(join(home, 'setup')).filter((name) => name.endsWith('.lock'))).toEqual([]);
});

test('a new base or lock file runs it again; a change of the lock file gives the head a setup of its own', async () => {
  const { workspace, repo, setup, count } = prepared('', { 'test.sh': 'grep -q 2 deps/sub/version' });
  const head = repo.commit({ lock: '2\n' });
  const prove = () =>
    workspace.prove({
      repo: repo.root,
      base: repo.first,
      head,
      author: 'human',
      checks: [{ name: 'v', argv: ['sh', 'test.sh'], source: 'given' }],
      setup,
      tests: undefined,
      redBefore: 'needed',
      timeoutMs: 5000,
      passEnv: [],
      agent: 'a',
      signal: calm,
    });
  const first = await prove();
  expect(first).toMatchObject({
    code: null,
    evidence: { redBefore: 'red', setup: { argv: ['sh', 'install.sh'], cached: false } },
  });
  expect(first.evidence.setup?.lockfile).toMatch(/^[0-9a-f]{64}$/);
  expect(count()).toBe(2);
  expect((await prove()).evidence.setup).toMatchObject({ cached: true, lockfile: first.evidence.setup?.lockfile });
  expect(count()).toBe(2);
});

test('a failed setup is infra, shows the last lines, and is tried again', async () => {
  const { open, count } = prepared('echo npm error 404 left-pad >&2; exit 4');
  await expect(open()).rejects.toMatchObject({
    code: 'setup.failed',
    remedy: 'retry',
    message: expect.stringMatching(/sh install\.sh.*exit 4[\s\S]*npm error 404 left-pad/) as string,
  });
  await expect(open()).rejects.toMatchObject({ code: 'setup.failed' });
  expect(count()).toBe(2);
});

test('a setup that was killed half-way is started anew', async () => {
  const { open, count, home } = prepared();
  await (await open()).remove();
  const [key = ''] = readdirSync(join(home, 'setup'));
  const done = join(home, 'setup', key, 'done.json');
  expect(existsSync(done)).toBe(true);
  writeFileSync(join(home, 'setup', key, 'tree', 'half'), '');
  rmSync(done);
  const tree = await open();
  expect([count(), existsSync(join(tree.dir, 'half'))]).toEqual([2, false]);
});

test('what the head has wins over what the setup left in the same place', async () => {
  const { workspace, repo, setup } = prepared('echo generated > out.txt');
  const head = repo.commit({ 'out.txt': 'committed\n' });
  const proof = await workspace.prove({
    repo: repo.root,
    base: repo.first,
    head,
    author: 'human',
    checks: [{ name: 'o', argv: ['grep', '-q', 'committed', 'out.txt'], source: 'given' }],
    setup,
    tests: undefined,
    redBefore: 'needed',
    timeoutMs: 5000,
    passEnv: [],
    agent: 'a',
    signal: calm,
  });
  expect(proof).toMatchObject({ code: null, evidence: { redBefore: 'red' } });
});

test('a copied Python environment points to the copy', async () => {
  const from = join(tempFolder(), 'tree');
  const to = join(tempFolder(), 'copy');
  const venv = join(to, '.venv');
  const packages = join(venv, 'lib', 'python3.11', 'site-packages');
  mkdirSync(join(venv, 'bin'), { recursive: true });
  mkdirSync(join(packages, 'mine-1.0.dist-info'), { recursive: true });
  const files = {
    'pyvenv.cfg': `home = /usr/bin\ncommand = python3 -m venv ${from}/.venv\n`,
    'bin/pytest': `#!${from}/.venv/bin/python\nimport pytest\n`,
    'bin/activate': `VIRTUAL_ENV=${from}/.venv\n`,
    'lib/python3.11/site-packages/__editable__.mine.pth': `${from}/src\n`,
    'lib/python3.11/site-packages/__editable___mine_finder.py': `MAPPING = {'mine': '${from}/src/mine'}\n`,
    'lib/python3.11/site-packages/mine-1.0.dist-info/direct_url.json': `{"url": "file://${from}"}`,
  };
  for (const [path, text] of Object.entries(files)) writeFileSync(join(venv, path), text);
  const binary = Buffer.concat([Buffer.from([0, 1]), Buffer.from(from)]);
  writeFileSync(join(venv, 'bin', 'native'), binary);
  symlinkSync('/usr/bin/python3', join(venv, 'bin', 'python'));
  symlinkSync(`${from}/.venv/bin/python`, join(venv, 'bin', 'python3'));
  await relocateVenv(venv, from, to);
  for (const [path, text] of Object.entries(files))
    expect(readFileSync(join(venv, path), 'utf8')).toBe(text.replaceAll(from, to));
  expect(readFileSync(join(venv, 'bin', 'native')).equals(binary)).toBe(true);
});
