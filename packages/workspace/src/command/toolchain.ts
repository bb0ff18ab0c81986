import { existsSync, realpathSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { isWithin } from '../is-within.ts';

/** Folders in a home that hold tools and nothing else; a shim in one of them needs the whole. */
const toolHomes = [
  '.pyenv',
  '.nvm',
  '.fnm',
  '.asdf',
  '.volta',
  '.rustup',
  '.rbenv',
  '.sdkman',
  '.bun',
  '.deno',
  '.local/share/mise',
  '.nodenv',
];
/** Where links in `~/.local/bin` lead, and what `~/.cargo/bin` needs; their parents hold more than tools. */
const besides: Readonly<Record<string, readonly string[]>> = {
  '.local/bin': ['.local/bin', '.local/share/uv', '.local/share/pipx', '.local/lib'],
  '.cargo/bin': ['.cargo/bin', '.rustup'],
};

/**
 * The folders outside of /usr that a sandbox has to show read-only so that the programs in PATH work there.
 * Never a home as a whole, and never a folder that holds HIVE_HOME.
 */
export const toolchainFolders = (path: readonly string[], userHome: string | undefined, hiveHome: string): string[] => {
  const folders = path.flatMap((entry) => (existsSync(entry) ? foldersOf(entry, userHome) : []));
  const real = folders.flatMap((folder) => (existsSync(folder) ? [folder, realpathSync(folder)] : []));
  const system = ['/usr', '/bin', '/sbin'];
  return [...new Set(real)].filter(
    (folder) =>
      folder !== '/' &&
      !system.some((root) => isWithin(folder, root)) &&
      !isWithin(hiveHome, folder) &&
      !(userHome !== undefined && isWithin(userHome, folder)),
  );
};

const foldersOf = (entry: string, userHome: string | undefined): string[] => {
  if (userHome !== undefined && isWithin(entry, userHome)) {
    const tools = toolHomes.map((name) => join(userHome, name)).find((folder) => isWithin(entry, folder));
    if (tools) return [tools];
    const known = Object.keys(besides).find((name) => entry === join(userHome, name));
    if (known) return (besides[known] ?? []).map((name) => join(userHome, name));
  }
  const parent = dirname(entry);
  const isHome = userHome !== undefined && parent === userHome;
  return basename(entry) === 'bin' && !isHome ? [parent] : [entry];
};
