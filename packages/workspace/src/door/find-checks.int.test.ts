import { expect, test } from 'vitest';
import { createTestRepo, type Files } from '../testing.ts';
import { findChecks, findSetup } from './find-checks.ts';
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
    { checks: ['python3 -m unittest discover -s tests -t .'], setup: null, lockfile: null },
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
    'Rust',
    { 'Cargo.toml': '', 'Cargo.lock': '' },
    { checks: ['cargo test'], setup: 'cargo fetch --locked', lockfile: 'Cargo.lock' },
  ],
])('%s', async (_, files, expected) => {
  expect(await lookAt(files)).toEqual(expected);
});
