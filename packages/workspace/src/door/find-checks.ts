import type { Check, Setup } from '@hive/events';
import { git, gitList } from '../git/git.ts';
import type { Repo } from '../port.ts';

/** What a commit has at its top: names (folders included) and the text of a file. */
type Top = {
  readonly names: ReadonlySet<string>;
  readonly files: readonly string[];
  text(name: string): Promise<string>;
};

const topOf = async ({ gitDir }: Repo, sha: string): Promise<Top> => {
  const names = new Set(await gitList(['ls-tree', '-z', '--name-only', sha, '--'], { gitDir }));
  const files = await gitList(['ls-tree', '-r', '-z', '--name-only', sha, '--'], { gitDir });
  const text = async (name: string) =>
    names.has(name) ? (await git(['cat-file', 'blob', `${sha}:${name}`], { gitDir })).stdout.toString('utf8') : '';
  return { names, files, text };
};

const found = (name: string, argv: string[]): Check => ({ name, argv, source: 'found' });

/** The checks that a repository brings along, read from the tree of a commit; never from the working tree. */
export const findChecks = async (repo: Repo, sha: string): Promise<Check[]> => {
  const top = await topOf(repo, sha);
  const scripted = await Promise.all([nodeCheck(top), pythonCheck(top), makeCheck(top)]);
  const checks = [...scripted, ...plainChecks(top)].filter((check) => check !== null);
  // `make test` mostly calls what was found beside it; it counts when there is nothing else.
  return checks.length > 1 ? checks.filter((check) => check.name !== 'make test') : checks;
};

const nodeManager = (top: Top): 'npm' | 'pnpm' | 'yarn' =>
  top.names.has('pnpm-lock.yaml') ? 'pnpm' : top.names.has('yarn.lock') ? 'yarn' : 'npm';

const packageJson = async (top: Top): Promise<Record<string, unknown>> => {
  try {
    const parsed: unknown = JSON.parse(await top.text('package.json'));
    return typeof parsed === 'object' && parsed !== null ? (parsed as Record<string, unknown>) : {};
  } catch {
    return {};
  }
};

const nodeCheck = async (top: Top): Promise<Check | null> => {
  const scripts = (await packageJson(top))['scripts'];
  const test: unknown = typeof scripts === 'object' && scripts !== null && 'test' in scripts ? scripts.test : undefined;
  // npm init writes a test that always fails.
  if (typeof test !== 'string' || /no test specified/.test(test)) return null;
  const manager = nodeManager(top);
  return found(`${manager} test`, [manager, 'test']);
};

const isPythonTest = (file: string) => /(?:^|\/)(?:test_[^/]*|[^/]*_test|tests)\.py$/.test(file);

const pythonCheck = async (top: Top): Promise<Check | null> => {
  const tests = top.files.filter(isPythonTest);
  if (tests.length === 0) return null;
  const python = (await pythonSetup(top)) ? 'python' : 'python3';
  if (await usesPytest(top)) return found('pytest', [python, '-m', 'pytest']);
  const below = tests.every((file) => file.startsWith('tests/'));
  return found('unittest', [python, '-m', 'unittest', 'discover', ...(below ? ['-s', 'tests', '-t', '.'] : [])]);
};

const usesPytest = async (top: Top): Promise<boolean> => {
  if (['pytest.ini', '.pytest.ini', 'conftest.py'].some((name) => top.names.has(name))) return true;
  if (top.files.some((file) => file.endsWith('/conftest.py'))) return true;
  const declared = [...top.names].filter((name) =>
    /^(?:pyproject\.toml|setup\.(?:cfg|py)|tox\.ini|requirements.*\.txt|uv\.lock|poetry\.lock|Pipfile)$/.test(name),
  );
  const texts = await Promise.all(declared.map((name) => top.text(name)));
  return texts.some((text) => /\bpytest\b/.test(text));
};

const makeCheck = async (top: Top): Promise<Check | null> => {
  const name = ['GNUmakefile', 'makefile', 'Makefile'].find((file) => top.names.has(file));
  if (!name) return null;
  const text = await top.text(name);
  const target = ['test', 'check'].find((goal) => new RegExp(`^${goal}\\s*:(?!=)`, 'm').test(text));
  return target ? found(`make ${target}`, ['make', target]) : null;
};

const plainChecks = (top: Top): (Check | null)[] => [
  top.names.has('go.mod') ? found('go test', ['go', 'test', './...']) : null,
  top.names.has('Cargo.toml') ? found('cargo test', ['cargo', 'test']) : null,
  top.names.has('pom.xml') ? found('mvn test', ['mvn', '--batch-mode', '--offline', 'test']) : null,
  top.names.has('mix.exs') ? found('mix test', ['mix', 'test']) : null,
  top.names.has('deno.json') && !top.names.has('package.json') ? found('deno test', ['deno', 'test']) : null,
];

/** The command that installs what the checks need, decided by the lock file of a commit; null when nothing is to be installed. */
export const findSetup = async (repo: Repo, sha: string): Promise<Setup | null> => {
  const top = await topOf(repo, sha);
  const [lockfile, argv] = (await nodeSetup(top)) ?? (await pythonSetup(top)) ?? otherSetup(top) ?? [null, null];
  return argv && { argv, lockfile, source: 'found' };
};

type Found = [lockfile: string | null, argv: string[]];

const nodeSetup = async (top: Top): Promise<Found | null> => {
  if (top.names.has('package-lock.json')) return ['package-lock.json', ['npm', 'ci']];
  if (top.names.has('npm-shrinkwrap.json')) return ['npm-shrinkwrap.json', ['npm', 'ci']];
  if (top.names.has('pnpm-lock.yaml')) return ['pnpm-lock.yaml', ['pnpm', 'install', '--frozen-lockfile']];
  if (top.names.has('yarn.lock')) return ['yarn.lock', ['yarn', 'install', '--frozen-lockfile']];
  const manifest = await packageJson(top);
  const needs = ['dependencies', 'devDependencies'].some((key) => Object.keys(manifest[key] ?? {}).length > 0);
  return needs ? [null, ['npm', 'install', '--no-package-lock']] : null;
};

/** One script for `sh -c`: a Python environment takes two commands. The names in it are the fixed ones below. */
const venv = (install: string) => [
  'sh',
  '-c',
  `python3 -m venv .venv && .venv/bin/python -m pip install --quiet ${install}`,
];

const pythonSetup = async (top: Top): Promise<Found | null> => {
  if (top.names.has('uv.lock')) return ['uv.lock', ['uv', 'sync', '--frozen']];
  if (top.names.has('poetry.lock')) return ['poetry.lock', ['poetry', 'install', '--no-interaction']];
  const pytest = (await usesPytest(top)) ? ' pytest' : '';
  const lists = [
    'requirements.txt',
    'requirements-dev.txt',
    'requirements-test.txt',
    'requirements_dev.txt',
    'dev-requirements.txt',
    'test-requirements.txt',
  ].filter((name) => top.names.has(name));
  const project = await top.text('pyproject.toml');
  const editable =
    /^\[(?:project|build-system)\]/m.test(project) || top.names.has('setup.py') ? ` -e ${extras(project)}` : '';
  if (lists.length === 0 && editable === '') return null;
  const install = `${lists.map((name) => ` -r ${name}`).join('')}${editable}${pytest}`.trim();
  return [lists[0] ?? null, venv(install)];
};

const extras = (project: string): string => {
  const section = /^\[project\.optional-dependencies\]\n([\s\S]*?)(?=^\[|(?![\s\S]))/m.exec(project)?.[1] ?? '';
  const wanted = ['test', 'tests', 'testing', 'dev'].filter((name) => new RegExp(`^${name}\\s*=`, 'm').test(section));
  return wanted.length > 0 ? `'.[${wanted.join(',')}]'` : '.';
};

const otherSetup = (top: Top): Found | null => {
  if (top.names.has('go.sum')) return ['go.sum', ['go', 'mod', 'download']];
  if (top.names.has('Cargo.lock')) return ['Cargo.lock', ['cargo', 'fetch', '--locked']];
  return null;
};
