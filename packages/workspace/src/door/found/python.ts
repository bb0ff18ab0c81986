import { found, type Ecosystem, type Top } from './top.ts';

/** Projects with Python tests: pytest where anything names it, else unittest; uv, poetry, or pip in an environment of their own. */
export const python: Ecosystem = {
  check: async (top) => {
    const tests = top.files.filter(isTest);
    if (tests.length === 0) return null;
    const program = (await python.install(top)) ? 'python' : 'python3';
    if (await usesPytest(top)) return found('pytest', [program, '-m', 'pytest']);
    const below = tests.every((file) => file.startsWith('tests/'));
    // Only a package can be found from the top.
    const fromTop = top.files.includes('tests/__init__.py') ? ['-t', '.'] : [];
    return found('unittest', [program, '-m', 'unittest', 'discover', ...(below ? ['-s', 'tests', ...fromTop] : [])]);
  },
  install: async (top) => {
    const project = await top.text('pyproject.toml');
    const extras = extrasOf(project);
    if (top.names.has('uv.lock'))
      return { lockfile: 'uv.lock', argv: ['uv', 'sync', '--frozen', ...extras.flatMap((name) => ['--extra', name])] };
    if (top.names.has('poetry.lock'))
      return {
        lockfile: 'poetry.lock',
        argv: ['poetry', 'install', '--no-interaction', ...extras.flatMap((name) => ['--extras', name])],
      };
    const lists = requirements.filter((name) => top.names.has(name));
    const isProject = /^\[(?:project|build-system)\]/m.test(project) || top.names.has('setup.py');
    if (lists.length === 0 && !isProject) return null;
    const editable = isProject ? [`-e ${extras.length > 0 ? `'.[${extras.join(',')}]'` : '.'}`] : [];
    const pytest = (await usesPytest(top)) ? ['pytest'] : [];
    const wanted = [...lists.map((name) => `-r ${name}`), ...editable, ...pytest].join(' ');
    return { lockfile: lists[0] ?? null, argv: venv(wanted) };
  },
};

const isTest = (file: string) => /(?:^|\/)(?:test_[^/]*|[^/]*_test|tests)\.py$/.test(file);

const requirements = [
  'requirements.txt',
  'requirements-dev.txt',
  'requirements-test.txt',
  'requirements_dev.txt',
  'dev-requirements.txt',
  'test-requirements.txt',
];

/** One script for `sh -c`: a Python environment takes two commands. The names in it are the fixed ones of this file. */
const venv = (wanted: string) => [
  'sh',
  '-c',
  `python3 -m venv .venv && .venv/bin/python -m pip install --quiet ${wanted}`,
];

const usesPytest = async (top: Top): Promise<boolean> => {
  if (['pytest.ini', '.pytest.ini', 'conftest.py'].some((name) => top.names.has(name))) return true;
  if (top.files.some((file) => file.endsWith('/conftest.py'))) return true;
  const declared = [...top.names].filter((name) =>
    /^(?:pyproject\.toml|setup\.(?:cfg|py)|tox\.ini|requirements.*\.txt|uv\.lock|poetry\.lock|Pipfile)$/.test(name),
  );
  const texts = await Promise.all(declared.map((name) => top.text(name)));
  return texts.some((text) => /\bpytest\b/.test(text));
};

/** The extras of a project that tests usually need. */
const extrasOf = (project: string): string[] => {
  const section =
    /^\[(?:project\.optional-dependencies|tool\.poetry\.extras)\]\n([\s\S]*?)(?=^\[|(?![\s\S]))/m.exec(project)?.[1] ??
    '';
  return ['test', 'tests', 'testing', 'dev'].filter((name) => new RegExp(`^${name}\\s*=`, 'm').test(section));
};
