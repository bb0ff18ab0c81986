import { splitCommand } from '../door/split-command.ts';
import { nodePhases } from './node-phases.ts';
import { pythonPhases } from './python-phases.ts';

/** One command of a setup that is done in two goes. */
export type Phase = {
  readonly argv: readonly string[];
  /**
   * `registries`: fetches, with no file of the repository in sight but manifests, and runs nothing of what it fetches.
   * `nothing`: runs what was fetched and the repository's own scripts, and reaches no registry.
   */
  readonly reach: 'registries' | 'nothing';
  /** Runs on a checkout and in a home of its own, so that what fetches afterwards finds nothing changed but what it reads from `aside`. */
  readonly isApart?: boolean;
  readonly env?: Readonly<Record<string, string>>;
};

/** What the phases of one part of a setup are decided by: its words, and the texts of manifests at the top of the commit; empty where one is not there. */
export type Part = { readonly words: readonly string[]; readonly manifest: Manifest; readonly folders: Folders };

/** Where a setup works, its HOME, and the HOME of what runs apart. */
export type Folders = { readonly tree: string; readonly home: string; readonly aside: string };

export type Manifest = Readonly<Record<'packageJson' | 'npmrc' | 'yarnrcYml' | 'pyproject', string>>;

/** Commands that download and run nothing that they download. */
const onlyFetches = (words: readonly string[]): boolean =>
  /^go mod download(?: -x)?$|^cargo fetch(?: --locked| --offline)*$/.test(words.join(' '));

const phasesOfPart = (part: Part): readonly Phase[] | null =>
  onlyFetches(part.words) ? [{ argv: part.words, reach: 'registries' }] : (nodePhases(part) ?? pythonPhases(part));

/**
 * The commands that do what a setup does: those that run something which was fetched come last, unless they run apart. Null where it is not
 * known how to take it apart: a script, make, or a tool or options that are not known here.
 */
export const phasesOf = (argv: readonly string[], manifest: Manifest, folders: Folders): readonly Phase[] | null => {
  const parts = partsOf(argv)?.map((words) => phasesOfPart({ words, manifest, folders }));
  if (!parts || parts.some((phases) => phases === null)) return null;
  const all = parts.flatMap((phases) => phases ?? []);
  return [...all.filter((phase) => !runsInPlace(phase)), ...all.filter(runsInPlace)];
};

const runsInPlace = ({ reach, isApart }: Phase): boolean => reach === 'nothing' && !isApart;

/** The commands of a setup: itself, or those of a script for `sh -c` that are joined with `&&` and need no shell. */
const partsOf = (argv: readonly string[]): string[][] | null => {
  const [shell, option, script = ''] = argv;
  if (shell !== 'sh' || option !== '-c') return [[...argv]];
  if (argv.length > 3) return null;
  try {
    return script.split('&&').map((part) => splitCommand(part.trim()));
  } catch {
    return null;
  }
};

/** Files that say what is to be fetched, and hold no code that a tool would run while it fetches. */
export const isManifest = (path: string): boolean =>
  /(?:^|\/)(?:package\.json|package-lock\.json|npm-shrinkwrap\.json|pnpm-lock\.yaml|pnpm-workspace\.yaml|\.npmrc|yarn\.lock|pyproject\.toml|uv\.toml|setup\.cfg|[^/]+\.(?:txt|in|lock|patch|tgz|whl)|[^/]+\.tar\.gz|go\.(?:mod|sum|work|work\.sum)|Cargo\.(?:toml|lock))$/.test(
    path,
  );
