import { posix } from 'node:path';
import type { FileChange } from '../patch-parts.ts';
import { baseName, folderOf, named, type Found, type Rule } from './rule.ts';

/** Symbolic links that lead out of the repository, or into what git keeps in it. */
export const symlinksOut: Rule = {
  name: 'file.symlink_out',
  find: ({ files }) =>
    files.flatMap((file): Found[] => {
      if (file.mode.after !== '120000') return [];
      const target = file.added.map(({ text }) => text).join('\n');
      if (target === '' || !leadsOut(file.path, target)) return [];
      return [{ message: `links to ${named(target)}, which is not in the repository`, file: file.path }];
    }),
};

const leadsOut = (path: string, target: string): boolean => {
  if (posix.isAbsolute(target) || /^(?:~|[A-Za-z]:)/.test(target) || target.includes('\0')) return true;
  const there = posix.normalize(posix.join(folderOf(path), target.replaceAll('\\', '/')));
  return there === '..' || there.startsWith('../') || /(?:^|\/)\.git(?:\/|$)/i.test(there);
};

/** Submodules: text and commits that nobody here has seen. */
export const submodules: Rule = {
  name: 'file.submodule',
  find: ({ files }) =>
    files.flatMap((file): Found[] => {
      if (file.kind === 'deleted') return [];
      if (file.mode.after === '160000')
        return [{ message: 'points to a commit of another repository', file: file.path }];
      return baseName(file.path).toLowerCase() === '.gitmodules'
        ? [{ message: 'says where submodules come from', file: file.path }]
        : [];
    }),
};

const becomesExecutable = ({ mode, kind }: FileChange): boolean =>
  mode.after === '100755' && (kind === 'added' || (mode.before !== null && mode.before !== '100755'));

/** Files that become executable. */
export const executables: Rule = {
  name: 'file.executable',
  find: ({ files }) =>
    files.filter(becomesExecutable).map(({ path }) => ({ message: 'becomes executable', file: path })),
};

/** Binary files, which no reviewer reads. */
export const binaries: Rule = {
  name: 'file.binary',
  find: ({ files }) =>
    files
      .filter(({ isBinary, kind }) => isBinary && kind !== 'deleted')
      .map(({ path, kind }) => ({ message: `is binary and was ${kind}; nobody can read it here`, file: path })),
};
