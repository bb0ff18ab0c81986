import { lstat, readFile, readdir, readlink, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * A Python environment holds the absolute path of the folder that it was made in. After a copy this replaces it in the
 * files that Python and pip read at run time, so that scripts start and an editable install means the copy's own code.
 */
export const relocateVenv = async (venv: string, from: string, to: string): Promise<void> => {
  if (!(await lstat(join(venv, 'pyvenv.cfg')).catch(() => null))) return;
  await replaceIn(join(venv, 'pyvenv.cfg'), from, to);
  for (const name of await readdir(join(venv, 'bin')).catch(() => []))
    await replaceIn(join(venv, 'bin', name), from, to);
  const lib = join(venv, 'lib');
  for (const python of await readdir(lib).catch(() => []))
    await relocatePackages(join(lib, python, 'site-packages'), from, to);
};

const relocatePackages = async (folder: string, from: string, to: string): Promise<void> => {
  for (const name of await readdir(folder).catch(() => [])) {
    if (/\.pth$|\.egg-link$|^__editable__/.test(name)) await replaceIn(join(folder, name), from, to);
    if (name.endsWith('.dist-info')) await replaceIn(join(folder, name, 'direct_url.json'), from, to);
  }
};

const replaceIn = async (path: string, from: string, to: string): Promise<void> => {
  const found = await lstat(path).catch(() => null);
  if (found?.isSymbolicLink()) {
    const target = await readlink(path);
    if (!within(target, from)) return;
    await rm(path);
    await symlink(to + target.slice(from.length), path);
    return;
  }
  if (!found?.isFile() || found.size > 1024 * 1024) return;
  const bytes = await readFile(path);
  if (bytes.includes(0)) return;
  const text = bytes.toString('utf8');
  const next = text.split(from).join(to);
  if (next !== text) await writeFile(path, next);
};

const within = (path: string, folder: string) => path === folder || path.startsWith(`${folder}/`);
