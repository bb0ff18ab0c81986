import type { Part, Phase } from './phases.ts';

/** npm, pnpm and the first yarn: without any script while the registry is in reach, and then the scripts without it. */
export const nodePhases = ({ words, manifest }: Part): readonly Phase[] | null => {
  const [tool = '', verb = '', ...options] = words;
  if (options.some((option) => !plainOption.test(option))) return null;
  if (tool === 'npm' && /^(?:ci|install|i|clean-install)$/.test(verb)) return npmPhases(words, manifest);
  if (tool === 'pnpm' && /^(?:install|i)$/.test(verb)) return pnpmPhases(words);
  if (tool === 'yarn' && verb === 'install' && !isLaterYarn(options, manifest)) return yarnPhases(words);
  return null;
};

/** No names of packages, which would be installed besides, and nothing that leads elsewhere. */
const plainOption = /^-{1,2}(?!-|g$|global|prefix|location|C$|dir|cwd|registry|script|ignore-scripts)[\w-]+(?:=\w+)?$/;

const npmPhases = (words: readonly string[], { packageJson, npmrc }: Part['manifest']): readonly Phase[] => [
  { argv: [...words, '--ignore-scripts'], reach: 'registries' },
  ...(/^\s*ignore-scripts\s*=\s*true/m.test(npmrc)
    ? []
    : [['npm', 'rebuild'], ...ownScripts(packageJson).map((name) => ['npm', 'run', name])].map((argv): Phase => ({
        argv,
        reach: 'nothing',
      }))),
];

/** The scripts of the repository itself that npm runs after an install; it runs those before and after each by itself. */
const ownScripts = (packageJson: string): string[] => {
  const scripts = scriptsOf(packageJson);
  const install = 'install' in scripts ? ['install'] : ['preinstall', 'postinstall'];
  return [...install, 'prepublish', 'prepare'].filter((name) => name in scripts);
};

const scriptsOf = (packageJson: string): object => {
  try {
    const { scripts } = JSON.parse(packageJson) as { scripts?: unknown };
    return typeof scripts === 'object' && scripts !== null ? scripts : {};
  } catch {
    return {};
  }
};

/** A pnpmfile is code of the repository: it takes no part in fetching. Without a lock file there is nothing to fetch by. */
const pnpmPhases = (words: readonly string[]): readonly Phase[] | null =>
  words.includes('--no-lockfile')
    ? null
    : [
        { argv: ['pnpm', 'fetch', '--ignore-scripts', '--ignore-pnpmfile'], reach: 'registries' },
        { argv: [...words, '--offline'], reach: 'nothing' },
      ];

/** Later ones run what `.yarnrc.yml` names (plugins, another yarn) before they fetch. */
const isLaterYarn = (options: readonly string[], { packageJson, yarnrcYml }: Part['manifest']): boolean =>
  options.includes('--immutable') || yarnrcYml !== '' || /"packageManager"\s*:\s*"yarn@[2-9]/.test(packageJson);

const yarnPhases = (words: readonly string[]): readonly Phase[] => [
  { argv: [...words, '--ignore-scripts'], reach: 'registries' },
  { argv: [...words, '--offline'], reach: 'nothing' },
];
