import { existsSync } from 'node:fs';
import { access, constants, open, stat } from 'node:fs/promises';
import { isAbsolute, join, resolve } from 'node:path';

const isProgram = async (path: string): Promise<boolean> => {
  const found = await stat(path).catch(() => null);
  return (
    Boolean(found?.isFile()) &&
    (await access(path, constants.X_OK).then(
      () => true,
      () => false,
    ))
  );
};

/** The file that a name means: looked up in `path`, or relative to `cwd` when it holds a slash. Null when there is none. */
export const findProgram = async (name: string, path: readonly string[], cwd: string): Promise<string | null> => {
  if (name.includes('/')) {
    const file = isAbsolute(name) ? name : resolve(cwd, name);
    return (await isProgram(file)) ? file : null;
  }
  for (const entry of path) if (await isProgram(join(entry, name))) return join(entry, name);
  return null;
};

/** True for a script whose first line names an interpreter that is not there. */
export const lacksInterpreter = async (file: string): Promise<boolean> => {
  const handle = await open(file).catch(() => null);
  if (!handle) return false;
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(256), 0, 256, 0);
    const interpreter = /^#![ \t]*([^ \t\n]+)/.exec(buffer.toString('latin1', 0, bytesRead))?.[1];
    return interpreter !== undefined && isAbsolute(interpreter) && !existsSync(interpreter);
  } finally {
    await handle.close();
  }
};

/** One sentence for a program that cannot be run: where it was looked for, and what was withheld. */
export const notFound = async (name: string, withheld: readonly string[]): Promise<string> => {
  if (name.includes('/')) return `${name} does not exist in the worktree or is not executable`;
  const hidden: string[] = [];
  for (const entry of withheld) if (isAbsolute(entry) && (await isProgram(join(entry, name)))) hidden.push(entry);
  if (hidden.length > 0)
    return `${name} was not found: it exists only in ${hidden.join(', ')}, which is withheld from checks because npm put it into Hive's PATH; install it in the repository or in your own PATH`;
  return `${name} was not found in the worktree's node_modules/.bin and .venv/bin or in PATH; install it, or add a setup command`;
};
