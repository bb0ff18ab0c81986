import type { Check, Setup } from '@hive/events';
import type { Repo } from '../port.ts';
import { node } from './found/node.ts';
import { python } from './found/python.ts';
import { cargo, go, make, others } from './found/plain.ts';
import { topOf, type Ecosystem, type Install } from './found/top.ts';

/** In the order in which one is asked for a setup when several have one. */
const ecosystems: readonly Ecosystem[] = [node, python, make, go, cargo, ...others];

/** The checks that a repository brings along, read from the tree of a commit; never from the working tree. */
export const findChecks = async (repo: Repo, sha: string): Promise<Check[]> => {
  const top = await topOf(repo, sha);
  const all = await Promise.all(
    ecosystems.map(async (one) => ({
      one,
      check: await one.check(top),
      hasInstall: (await one.install(top)) !== null,
    })),
  );
  const checked = all.filter((kind): kind is typeof kind & { check: Check } => kind.check !== null);
  const checks = checked.map(({ check }) => check);
  // How Python tests are called is a guess, which the one who fetches for them knows better.
  const known = checked.filter(({ one, hasInstall }) => one !== python || hasInstall);
  const [only] = known;
  if (known.length === 1 && only?.one === make && only.hasInstall) return [only.check];
  // `make test` mostly calls what was found beside it; it counts when there is nothing else.
  return checks.length > 1 ? checks.filter((check) => check.name !== 'make test') : checks;
};

/**
 * The command that installs what the checks need, decided by the lock file of a commit; null when nothing is to be installed. Where checks of several
 * kinds were found it is one script for all of them.
 */
export const findSetup = async (repo: Repo, sha: string): Promise<Setup | null> => {
  const top = await topOf(repo, sha);
  const all = await Promise.all(
    ecosystems.map(async (one) => ({ install: await one.install(top), hasCheck: (await one.check(top)) !== null })),
  );
  const known = all.filter((one): one is typeof one & { install: Install } => one.install !== null);
  const checked = known.filter(({ hasCheck }) => hasCheck).map(({ install }) => install);
  if (checked.length > 1)
    return { argv: ['sh', '-c', checked.map(asShell).join(' && ')], lockfile: null, source: 'found' };
  const install = checked[0] ?? known[0]?.install;
  return install ? { argv: [...install.argv], lockfile: install.lockfile, source: 'found' } : null;
};

/** Words of the fixed commands of this folder, none of which holds a quote; a script stands as it is. */
const asShell = ({ argv }: Install): string => (argv[0] === 'sh' ? (argv[2] ?? '') : argv.join(' '));

/**
 * Folders below the top that look like projects of their own, with a command for their tests, for people who are told that nothing was
 * found at the top. At most five.
 */
export const findNested = async (repo: Repo, sha: string): Promise<{ folder: string; command: string }[]> => {
  const { files } = await topOf(repo, sha);
  return files
    .flatMap((file) => {
      const [, folder = '', name = ''] = /^((?:[\w.-]+\/){1,2})([\w.]+)$/.exec(file) ?? [];
      const dir = folder.slice(0, -1);
      const command = {
        'package.json': `npm --prefix ${dir} test`,
        'pyproject.toml': `python3 -m pytest ${dir}`,
        'go.mod': `go -C ${dir} test ./...`,
        'Cargo.toml': `cargo test --manifest-path ${folder}Cargo.toml`,
        Makefile: `make -C ${dir} test`,
      }[name];
      return command === undefined ? [] : [{ folder: dir, command }];
    })
    .slice(0, 5);
};
