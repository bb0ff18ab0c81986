import { expect, test } from 'vitest';
import { createTestRepo, type Files } from '../testing.ts';
import { findChecks, findNested, findSetup } from './find-checks.ts';
import { findTests } from './find-tests.ts';
import { openRepo } from './repo.ts';

const lookAt = async (files: Files) => {
  const made = createTestRepo({ 'README.md': 'x', ...files });
  // What lies in the working tree does not matter.
  made.write({ Makefile: 'test:\n\ttrue\n', 'go.mod': 'module x\n' });
  const repo = await openRepo(made.root);
  const [checks, setup] = await Promise.all([findChecks(repo, made.first), findSetup(repo, made.first)]);
  return {
    checks: checks.map((check) => check.argv.join(' ')),
    setup: setup?.argv.join(' ') ?? null,
    lockfile: setup?.lockfile ?? null,
  };
};
const node = (manifest: object) => ({ 'package.json': JSON.stringify(manifest) });
const tested = { scripts: { test: 'node --test' } };

test.each<[string, Files, { checks: string[]; setup: string | null; lockfile: string | null }]>([
  ['nothing', {}, { checks: [], setup: null, lockfile: null }],
  [
    'npm with a lock file',
    { ...node(tested), 'package-lock.json': '{}' },
    { checks: ['npm test'], setup: 'npm ci', lockfile: 'package-lock.json' },
  ],
  ['npm without dependencies', node(tested), { checks: ['npm test'], setup: null, lockfile: null }],
  [
    'npm init',
    node({ scripts: { test: 'echo "Error: no test specified" && exit 1' } }),
    { checks: [], setup: null, lockfile: null },
  ],
  ['a broken package.json', { 'package.json': '{' }, { checks: [], setup: null, lockfile: null }],
  [
    'pnpm',
    { ...node(tested), 'pnpm-lock.yaml': '' },
    { checks: ['pnpm test'], setup: 'pnpm install --frozen-lockfile', lockfile: 'pnpm-lock.yaml' },
  ],
  [
    'yarn',
    { ...node(tested), 'yarn.lock': '' },
    { checks: ['yarn test'], setup: 'yarn install --frozen-lockfile', lockfile: 'yarn.lock' },
  ],
  [
    'Python with requirements and pytest',
    { 'requirements.txt': 'pytest\nsix\n', 'tests/test_a.py': '' },
    {
      checks: ['python -m pytest'],
      setup: 'sh -c python3 -m venv .venv && .venv/bin/python -m pip install --quiet -r requirements.txt pytest',
      lockfile: 'requirements.txt',
    },
  ],
  [
    'Python with a project and extras',
    {
      'pyproject.toml': '[project]\nname = "x"\n[project.optional-dependencies]\ntest = ["pytest"]\n',
      'test_a.py': '',
    },
    {
      checks: ['python -m pytest'],
      setup: `sh -c python3 -m venv .venv && .venv/bin/python -m pip install --quiet -e '.[test]' pytest`,
      lockfile: null,
    },
  ],
  [
    'Python with unittest',
    { 'tests/test_a.py': 'import unittest', 'a.py': '' },
    { checks: ['python3 -m unittest discover -s tests'], setup: null, lockfile: null },
  ],
  [
    'Python with unittest in a package',
    { 'tests/test_a.py': 'import unittest', 'tests/__init__.py': '', 'a.py': '' },
    { checks: ['python3 -m unittest discover -s tests -t .'], setup: null, lockfile: null },
  ],
  [
    'Python whose dependencies only make fetches',
    { 'tests/test_a.py': 'import unittest', Makefile: 'deps:\n\ttrue\n\ntest:\n\ttrue\n' },
    { checks: ['make test'], setup: 'make deps', lockfile: null },
  ],
  [
    'a Makefile that fetches beside a lock file',
    { ...node(tested), 'package-lock.json': '{}', Makefile: 'deps:\n\ttrue\n\ntest:\n\ttrue\n' },
    { checks: ['npm test'], setup: 'sh -c npm ci && make deps', lockfile: null },
  ],
  [
    'uv',
    { 'pyproject.toml': '[project]\n', 'uv.lock': 'pytest', 'tests/test_a.py': '' },
    { checks: ['python -m pytest'], setup: 'uv sync --frozen', lockfile: 'uv.lock' },
  ],
  [
    'a Makefile',
    { Makefile: 'all:\n\ttrue\ntest: all\n\ttrue\n' },
    { checks: ['make test'], setup: null, lockfile: null },
  ],
  [
    'a Makefile beside npm',
    { ...node(tested), Makefile: 'test:\n\tnpm test\n' },
    { checks: ['npm test'], setup: null, lockfile: null },
  ],
  [
    'Go',
    { 'go.mod': 'module x\n', 'go.sum': '' },
    { checks: ['go test ./...'], setup: 'go mod download', lockfile: 'go.sum' },
  ],
  [
    'Go without dependencies',
    { 'go.mod': 'module x\n' },
    { checks: ['go test ./...'], setup: 'go mod download', lockfile: null },
  ],
  [
    'Rust',
    { 'Cargo.toml': '', 'Cargo.lock': '' },
    { checks: ['cargo test'], setup: 'cargo fetch --locked', lockfile: 'Cargo.lock' },
  ],
  [
    'yarn with Plug and Play',
    { ...node(tested), 'yarn.lock': '__metadata:\n  version: 8\n' },
    { checks: ['yarn test'], setup: 'yarn install --immutable', lockfile: 'yarn.lock' },
  ],
  [
    'pnpm by its name alone',
    node({ ...tested, packageManager: 'pnpm@9.1.0', devDependencies: { a: '1' } }),
    { checks: ['pnpm test'], setup: 'pnpm install --no-lockfile', lockfile: null },
  ],
  [
    'workspaces of npm without a test at the root',
    {
      ...node({ workspaces: ['packages/*'] }),
      'package-lock.json': '{}',
      'packages/a/package.json': JSON.stringify(tested),
    },
    { checks: ['npm test --workspaces --if-present'], setup: 'npm ci', lockfile: 'package-lock.json' },
  ],
  [
    'workspaces without any test',
    { ...node({ workspaces: ['packages/*'] }), 'packages/a/package.json': '{}' },
    { checks: [], setup: 'npm install --no-package-lock', lockfile: null },
  ],
  [
    'a package.json without a test',
    { ...node({ scripts: { build: 'tsc' } }), 'package-lock.json': '{}' },
    { checks: [], setup: 'npm ci', lockfile: 'package-lock.json' },
  ],
  [
    'poetry',
    { 'pyproject.toml': '[tool.poetry]\n', 'poetry.lock': 'pytest', 'tests/test_a.py': '' },
    { checks: ['python -m pytest'], setup: 'poetry install --no-interaction', lockfile: 'poetry.lock' },
  ],
  [
    'uv with an extra for tests',
    {
      'pyproject.toml': '[project]\n[project.optional-dependencies]\ntest = ["pytest"]\n',
      'uv.lock': '',
      'test_a.py': '',
    },
    { checks: ['python -m pytest'], setup: 'uv sync --frozen --extra test', lockfile: 'uv.lock' },
  ],
  [
    'Python beside tools of Node that test nothing',
    { ...node({}), 'package-lock.json': '{}', 'requirements.txt': 'six', 'test_a.py': '' },
    {
      checks: ['python -m unittest discover'],
      setup: 'sh -c python3 -m venv .venv && .venv/bin/python -m pip install --quiet -r requirements.txt',
      lockfile: 'requirements.txt',
    },
  ],
  [
    'two kinds with tests',
    { ...node(tested), 'package-lock.json': '{}', 'go.mod': 'module x\n', 'go.sum': '' },
    { checks: ['npm test', 'go test ./...'], setup: 'sh -c npm ci && go mod download', lockfile: null },
  ],
  [
    'a Makefile that fetches',
    { Makefile: 'deps:\n\ttrue\ninstall:\n\tfalse\ncheck:\n\ttrue\n' },
    { checks: ['make check'], setup: 'make deps', lockfile: null },
  ],
  [
    'a workspace of Rust without a lock file',
    { 'Cargo.toml': '[workspace]\nmembers = ["a"]\n[workspace.dependencies]\nserde = "1"\n' },
    { checks: ['cargo test --workspace'], setup: 'cargo fetch', lockfile: null },
  ],
])('%s', async (_, files, expected) => {
  expect(await lookAt(files)).toEqual(expected);
});

test('projects below the top are named for people, and never run by themselves', async () => {
  const made = createTestRepo({
    'web/package.json': '{}',
    'services/api/go.mod': '',
    'a b/Makefile': '',
    'd/e/f/go.mod': '',
  });
  const repo = await openRepo(made.root);
  expect(await findChecks(repo, made.first)).toEqual([]);
  expect(await findNested(repo, made.first)).toEqual([
    { folder: 'services/api', command: 'go -C services/api test ./...' },
    { folder: 'web', command: 'npm --prefix web test' },
  ]);
});

test('what counts as a test is told by file and by convention', async () => {
  const inside = '#[cfg(test)]\nmod tests {}\n';
  const rust = { 'src/lib.rs': `fn a() {}\n${inside}`, 'src/main.rs': 'fn main() {}\n', 'tests/c.rs': inside };
  const made = createTestRepo({ 'src/a.ts': '', 'src/a.test.ts': '', 'tests/b.py': '', ...rust });
  const repo = await openRepo(made.root);
  expect(await findTests(repo, made.first)).toEqual({
    globs: ['**/tests/**', '**/*.test.*'],
    files: ['src/a.test.ts', 'tests/b.py', 'tests/c.rs'],
    inline: ['src/lib.rs'],
  });
});
