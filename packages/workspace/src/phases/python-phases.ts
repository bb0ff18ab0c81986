import { join } from 'node:path';
import { fetchWheels } from './fetch-wheels.ts';
import type { Part, Phase } from './phases.ts';

/** Environments, pip, uv and poetry: wheels are fetched, as they are unpacked and not run; what has to be built is built without a registry. */
export const pythonPhases = (part: Part): readonly Phase[] | null => {
  const line = part.words.join(' ');
  if (/^python[\d.]* -m venv [\w.-]+$/.test(line)) return [{ argv: part.words, reach: 'registries' }];
  if (/^uv sync(?: --?\w[\w-]*(?: \w[\w-]*)?)*$/.test(line)) return uvPhases(part);
  if (/^poetry install(?: --?\w[\w-]*(?: \w[\w-]*)?)*$/.test(line)) return poetryPhases(part.words);
  return pipPhases(part);
};

const pipPhases = ({ words, folders }: Part): readonly Phase[] | null => {
  const at = words.indexOf('install');
  const pip = words.slice(0, at);
  const isPython = /^(?:\S*\/)?python[\d.]* -m pip$/.test(pip.join(' '));
  if (!isPython && !/^(?:\S*\/)?pip[\d.]*$/.test(pip.join(' '))) return null;
  const wanted = wantedOf(words.slice(at + 1));
  if (!wanted) return null;
  // Of the environment that was made in the tree, also when it runs elsewhere.
  const [program = '', ...rest] = pip;
  const inTree = program.includes('/') ? join(folders.tree, program) : program;
  const python = isPython ? inTree : 'python3';
  const wheels = join(folders.home, 'wheels');
  const told = JSON.stringify({ pip: [inTree, ...rest], wheels, looked: join(folders.aside, 'own.txt'), ...wanted });
  const step = (verb: 'fetch' | 'look') => [python, '-I', '-c', fetchWheels, verb, told];
  const look: readonly Phase[] = [
    { argv: step('look'), reach: 'nothing', isApart: true },
    { argv: step('fetch'), reach: 'registries' },
  ];
  return [
    { argv: step('fetch'), reach: 'registries' },
    ...(wanted.own.length > 0 ? look : []),
    { argv: words, reach: 'nothing', env: { PIP_NO_INDEX: '1', PIP_FIND_LINKS: wheels } },
  ];
};

/** What a call of `pip install` names: lists, constraints, packages, and folders of the repository. Null for options that are not known. */
const wantedOf = (words: readonly string[]) => {
  const wanted = { lists: [] as string[], constraints: [] as string[], names: [] as string[], own: [] as string[] };
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? '';
    const next = words[at + 1];
    const into = { '-r': wanted.lists, '-c': wanted.constraints, '-e': wanted.own, '--requirement': wanted.lists }[
      word
    ];
    if (into && next !== undefined) {
      into.push(next);
      at++;
    } else if (/^\.(?:\/[\w.-]+)*(?:\[[\w,-]+\])?$/.test(word)) wanted.own.push(word);
    else if (/^[A-Za-z0-9][\w.-]*(?:\[[\w,-]+\])?(?:[=<>~!]=?[\w.*,=<>!]+)?$/.test(word)) wanted.names.push(word);
    else if (!/^(?:-q|--quiet|-U|--upgrade)$/.test(word)) return null;
  }
  return wanted;
};

/** The lock file does not name what builds the project itself, so that is fetched besides. */
const uvPhases = ({ words, manifest, folders }: Part): readonly Phase[] => [
  { argv: [...words, '--no-install-workspace', '--no-build'], reach: 'registries' },
  ...(/^\[build-system\]/m.test(manifest.pyproject)
    ? [
        {
          argv: [
            'uv',
            'pip',
            'install',
            '-q',
            '--no-build',
            '--target',
            join(folders.home, 'builders'),
            ...buildersIn(manifest),
          ],
          reach: 'registries' as const,
        },
      ]
    : []),
  { argv: [...words, '--offline'], reach: 'nothing' },
];

/** What builds a project, as its pyproject.toml names it; only plain names and versions. */
const buildersIn = ({ pyproject }: Part['manifest']): string[] => {
  const section = /^\[build-system\]\n([\s\S]*?)(?=^\[|(?![\s\S]))/m.exec(pyproject)?.[1] ?? '';
  const list = /^requires\s*=\s*\[([\s\S]*?)\]\s*$/m.exec(section)?.[1] ?? '';
  const named = [...list.matchAll(/["']([A-Za-z0-9][\w.-]*(?:\[[\w,-]+\])?\s*(?:[=<>~!]=?[\w.*,=<>! ]+)?)["']/g)].map(
    ([, name = '']) => name,
  );
  // What these ask for when they are asked to install a folder as it stands.
  return named.some((name) => /^(?:hatchling|pdm-backend)\b/.test(name)) ? [...named, 'editables'] : named;
};

const poetryPhases = (words: readonly string[]): readonly Phase[] => [
  {
    argv: [...words, ...(words.includes('--no-root') ? [] : ['--no-root'])],
    reach: 'registries',
    env: { POETRY_INSTALLER_ONLY_BINARY: ':all:' },
  },
  ...(words.includes('--no-root') ? [] : [{ argv: words, reach: 'nothing' as const }]),
];
