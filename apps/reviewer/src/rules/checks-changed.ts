import type { Check } from '@hive/events';
import { matcherOf } from '@hive/workspace';
import { differingTargets, type MakeTexts } from './makefile.ts';
import { baseName, folderOf, listed, textIn, type Change, type Found, type Rule } from './rule.ts';
import { scriptsFor, type Scripts } from './scripts.ts';

/** What runs a change on machines of its forge. */
const pipelines = matcherOf([
  '.github/workflows',
  '.github/actions',
  '.gitlab-ci.yml',
  '.gitlab/ci',
  '.circleci',
  'azure-pipelines.{yml,yaml}',
  '.azure-pipelines',
  'Jenkinsfile',
  '.travis.yml',
  '.drone.yml',
  '.woodpecker',
  '.woodpecker.{yml,yaml}',
  '.buildkite',
  'bitbucket-pipelines.yml',
  'buildspec.{yml,yaml}',
  '.forgejo/workflows',
  '.gitea/workflows',
  'appveyor.yml',
  '.cirrus.yml',
]);

/** Files that say how a tool checks, and what a command looks like that runs that tool; anywhere in the repository. */
const configurations: readonly (readonly [file: RegExp, run: RegExp])[] = [
  [/^(?:vitest\.(?:config|workspace|setup)|vite\.config)\.[cm]?[jt]s$/, /\bvitest\b/],
  [/^jest\.(?:config|setup|preset)\.(?:[cm]?[jt]s|json)$/, /\bjest\b/],
  [
    /^(?:playwright|cypress|karma|wdio|ava|web-test-runner)\.conf(?:ig)?\.[cm]?[jt]s$/,
    /\b(?:playwright|cypress|karma|wdio|ava|wtr)\b/,
  ],
  [/^\.mocharc\.\w+$/, /\bmocha\b/],
  [/^(?:pytest\.ini|\.pytest\.ini|tox\.ini|setup\.cfg|noxfile\.py)$/, /\b(?:pytest|tox|nox|unittest|flake8|mypy)\b/],
  [/^(?:eslint\.config\.[cm]?[jt]s|\.eslintrc(?:\.\w+)?|\.eslintignore)$/, /\b(?:eslint|lint)\b/],
  [/^(?:biome\.jsonc?|\.prettierrc(?:\.\w+)?|\.prettierignore)$/, /\b(?:biome|prettier)\b/],
  [/^tsconfig(?:\.[\w-]+)*\.json$/, /\b(?:tsc|vue-tsc|tsd)\b/],
  [
    /^(?:\.?ruff\.toml|\.flake8|\.pylintrc|mypy\.ini|\.mypy\.ini|pyrightconfig\.json)$/,
    /\b(?:ruff|flake8|pylint|mypy|pyright)\b/,
  ],
  [/^\.golangci\.(?:ya?ml|toml|json)$/, /\bgolangci-lint\b/],
  [/^(?:\.?clippy\.toml|\.?rustfmt\.toml)$/, /\b(?:clippy|fmt)\b/],
  [/^(?:phpunit(?:\.dist)?\.xml(?:\.dist)?|phpstan(?:\.dist)?\.neon(?:\.dist)?)$/, /\b(?:phpunit|phpstan|composer)\b/],
  [/^(?:\.rspec|\.rubocop\.yml|Rakefile)$/, /\b(?:rspec|rubocop|rake)\b/],
  [/^(?:\.coveragerc|\.nycrc(?:\.json)?|\.c8rc\.json)$/, /\b(?:coverage|nyc|c8|pytest)\b/],
  [/^(?:nx|turbo|lerna)\.json$/, /\b(?:nx|turbo|lerna)\b/],
  [/^(?:[Jj]ustfile|Taskfile\.ya?ml)$/, /\b(?:just|task)\b/],
];

/** Tables of pyproject.toml that say how a tool checks. */
const checkTables = /^tool\.(?:pytest|coverage|ruff|mypy|pyright|flake8|pylint|tox|hatch\.envs|nox|poe|taskipy)/;

/** Lines that let a conftest.py decide what is run at all. */
const collects = /^\s*def\s+pytest_\w+|\bcollect_ignore|^\s*pytest_plugins\b/;

/** The name of a file that is there to check others. */
const checking = /(?:^|[/._-])(?:checks?|tests?|lint|verify|validate|ci|spec)(?:[/._-]|$)/i;

/** Whether commands start the file itself, or give it to a shell: then it says what is checked, whatever its name. */
const isStarted = (path: string, commands: string): boolean => {
  const name = path.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  const before = '(?:^|[;&|(]\\s*|\\b(?:ba|da|k|z)?sh\\s+(?:-\\w+\\s+)*)';
  return new RegExp(`${before}(?:\\./)?${name}(?=$|[\\s;&|)])`, 'm').test(commands);
};

/** The files of a commit that say what the checks run. */
export const sourcesOfChecks = ['package.json', 'GNUmakefile', 'makefile', 'Makefile'] as const;

/**
 * What checks the change and is changed by it: the scripts and targets that its checks run, the files that they name, the configuration of what
 * they run, and pipelines. Files of tests are none: they are proof; nor is what a check only looks at or tries out, which is what is changed.
 */
export const checksChanged: Rule = {
  name: 'checks.changed',
  find: (change) => {
    const run = commandsOf(change);
    return change.files.flatMap((file): Found[] => {
      const path = file.path;
      const name = baseName(path);
      const found = (message: string, line?: number): Found[] => [
        { message, file: path, ...(line !== undefined && { line }) },
      ];
      if (pipelines(path)) return found('is a pipeline, and says what is checked elsewhere');
      if (name === 'package.json') return ofScripts(path, change, run.scripts);
      if (/^(?:GNU)?[mM]akefile$/.test(name)) return ofMakefile(path, change, run.text);
      if (name === 'pyproject.toml') return ofTables(path, change);
      if (name === 'conftest.py') {
        const line = file.added.find(({ text }) => text.length < 1000 && collects.test(text));
        return line ? found('decides which tests are run', line.number) : [];
      }
      if (configurations.some(([files, runs]) => files.test(name) && runs.test(run.text)))
        return found('is the configuration of what checks the change');
      const isRun = run.words.has(path) && (checking.test(path) || isStarted(path, run.text));
      return isRun && !(change.isTest(path) && file.kind !== 'deleted') ? found('is run by a check') : [];
    });
  },
};

/** The commands of the checks with all that they run through package.json, as text and word by word. */
const commandsOf = ({ checks, texts }: Change) => {
  const own = checks.map(({ argv }: Check) => argv.join(' '));
  const manifest = textIn(texts.before, 'package.json');
  const scripts = scriptsFor(checks, manifest);
  const text = [...own, ...scripts.reached.values()].join('\n');
  const words = new Set(text.split(/[\s"'`;&|()=]+/).map((word) => word.replace(/^\.\//, '')));
  return { scripts, text, words };
};

const ofScripts = (path: string, { texts, checks }: Change, run: Scripts): Found[] => {
  const before = textIn(texts.before, path);
  if (before === null) return []; // a new package: nothing of it has checked anything
  const after = textIn(texts.after, path);
  const isTop = folderOf(path) === '';
  const reached = isTop ? [...run.reached.keys(), ...scriptsFor(checks, after).reached.keys()] : run.elsewhere;
  const [then, now] = [run.read(before), run.read(after)];
  const changed = [...new Set(reached)].filter((name) => then.get(name) !== now.get(name));
  return changed.length === 0 ? [] : [{ message: `changes what a check runs: ${listed(changed)}`, file: path }];
};

const ofMakefile = (path: string, { texts }: Change, run: string): Found[] => {
  if (folderOf(path) !== '' || !/(?:^|\s)g?make(?:\s|$)/m.test(run)) return [];
  const of: MakeTexts = { before: textIn(texts.before, path), after: textIn(texts.after, path) };
  const changed = differingTargets(of, run);
  return changed.length === 0 ? [] : [{ message: `changes what a check runs: ${listed(changed)}`, file: path }];
};

const ofTables = (path: string, { texts }: Change): Found[] => {
  const [before, after] = [textIn(texts.before, path) ?? '', textIn(texts.after, path) ?? ''];
  const [then, now] = [tablesOf(before), tablesOf(after)];
  const changed = [...new Set([...then.keys(), ...now.keys()])].filter((name) => then.get(name) !== now.get(name));
  return changed.length === 0 ? [] : [{ message: `changes how checks work: ${listed(changed)}`, file: path }];
};

const tablesOf = (text: string): ReadonlyMap<string, string> => {
  const tables = new Map<string, string>();
  for (const part of text.split(/^(?=\[)/m)) {
    const name = /^\[\[?([^\]\n]+)\]/.exec(part)?.[1]?.replace(/["'\s]/g, '') ?? '';
    if (checkTables.test(name)) tables.set(name, (tables.get(name) ?? '') + part.trim());
  }
  return tables;
};
