import { expect, test } from 'vitest';
import { isManifest, phasesOf, type Manifest } from './phases.ts';

const none: Manifest = { packageJson: '', npmrc: '', yarnrcYml: '', pyproject: '' };
const folders = { tree: '/s/tree', home: '/s/home', aside: '/s/aside' };
const of = (argv: string | string[], manifest: Partial<Manifest> = {}) =>
  phasesOf(typeof argv === 'string' ? argv.split(' ') : argv, { ...none, ...manifest }, folders)?.map(
    ({ argv, reach, isApart }) =>
      `${isApart ? 'apart ' : ''}${reach}: ${argv.filter((it) => !/[\n{]/.test(it)).join(' ')}`,
  ) ?? null;

test('npm, pnpm and yarn fetch with scripts off, and run them without a registry', () => {
  expect(of('npm ci --omit=optional')).toEqual([
    'registries: npm ci --omit=optional --ignore-scripts',
    'nothing: npm rebuild',
  ]);
  const scripts = { preinstall: 'a', postinstall: 'b', prepare: 'c', test: 'd' };
  expect(of('npm ci', { packageJson: JSON.stringify({ scripts }) })?.slice(2)).toEqual([
    'nothing: npm run preinstall',
    'nothing: npm run postinstall',
    'nothing: npm run prepare',
  ]);
  expect(of('npm ci', { npmrc: 'ignore-scripts=true\n' })).toHaveLength(1);
  expect(of('pnpm install --frozen-lockfile')).toEqual([
    'registries: pnpm fetch --ignore-scripts --ignore-pnpmfile',
    'nothing: pnpm install --frozen-lockfile --offline',
  ]);
  expect(of('yarn install --frozen-lockfile')).toEqual([
    'registries: yarn install --frozen-lockfile --ignore-scripts',
    'nothing: yarn install --frozen-lockfile --offline',
  ]);
});

test('pip, uv and poetry fetch wheels only; what the repository itself needs is asked apart and without a registry', () => {
  expect(
    of(['sh', '-c', "python3 -m venv .venv && .venv/bin/python -m pip install --quiet -e '.[test]' pytest"]),
  ).toEqual([
    'registries: python3 -m venv .venv',
    'registries: /s/tree/.venv/bin/python -I -c fetch',
    'apart nothing: /s/tree/.venv/bin/python -I -c look',
    'registries: /s/tree/.venv/bin/python -I -c fetch',
    'nothing: .venv/bin/python -m pip install --quiet -e .[test] pytest',
  ]);
  expect(of('pip install -r requirements.txt')).toEqual([
    'registries: python3 -I -c fetch',
    'nothing: pip install -r requirements.txt',
  ]);
  const pyproject = '[build-system]\nrequires = ["hatchling>=1.2", "x @ https://evil.example"]\n[project]\nname="a"\n';
  expect(of('uv sync --frozen --extra test', { pyproject })).toEqual([
    'registries: uv sync --frozen --extra test --no-install-workspace --no-build',
    'registries: uv pip install -q --no-build --target /s/home/builders hatchling>=1.2 editables',
    'nothing: uv sync --frozen --extra test --offline',
  ]);
  expect(of('poetry install --no-interaction')).toEqual([
    'registries: poetry install --no-interaction --no-root',
    'nothing: poetry install --no-interaction',
  ]);
});

test('several tools in one script fetch first, all of them', () => {
  expect(of(['sh', '-c', 'npm ci && go mod download'])).toEqual([
    'registries: npm ci --ignore-scripts',
    'registries: go mod download',
    'nothing: npm rebuild',
  ]);
});

test('what is not known is not taken apart', () => {
  for (const argv of [
    'make deps',
    './install.sh',
    'npm install left-pad',
    'npm ci --prefix=web',
    'npm ci --ignore-scripts',
    'pnpm install --no-lockfile',
    'yarn install --immutable',
    'pip install --target x -r requirements.txt',
    'pip install git+https://example.org/x',
    'uv pip install x',
  ])
    expect(of(argv), argv).toBeNull();
  expect(of('yarn install', { packageJson: '{"packageManager": "yarn@4.1.0"}' })).toBeNull();
  expect(of('yarn install', { yarnrcYml: 'nodeLinker: node-modules\n' })).toBeNull();
  for (const script of ['npm ci; make', 'npm ci && $X', 'npm ci && make', 'npm ci "'])
    expect(of(['sh', '-c', script]), script).toBeNull();
});

test('manifests hold no code that a tool runs while it fetches', () => {
  const seen = ['package.json', 'a/package.json', '.npmrc', 'requirements/dev.txt', 'uv.lock', 'vendor/x.whl'];
  const unseen = [
    '.pnpmfile.cjs',
    '.yarnrc',
    '.yarnrc.yml',
    '.yarn/releases/yarn.cjs',
    'setup.py',
    'build.rs',
    'index.js',
  ];
  expect([...seen, ...unseen].filter(isManifest)).toEqual(seen);
});
