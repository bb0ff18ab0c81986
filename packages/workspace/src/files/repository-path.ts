import { HiveError } from '@hive/errors';

/**
 * A path that a model or a stranger named, relative to the repository and without `.` segments. Throws `paths.outside` for anything that
 * could be another place on some file system: absolute, `..`, a drive, git's own folder however it is spelled, control characters.
 */
export const repositoryPath = (path: string): string => {
  const segments = path.split(/[/\\]/).filter((segment) => segment !== '.');
  const outside =
    path.trim() === '' ||
    /^[/\\~]|^[A-Za-z]:/.test(path) ||
    /\p{Cc}/u.test(path) ||
    segments.length === 0 ||
    segments.some((segment) => segment === '' || segment === '..' || isGitFolder(segment));
  if (outside) throw outsideError(path);
  return segments.join('/');
};

/** The refusal of a path that is not a file of the repository. */
export const outsideError = (path: string, why = 'is not a file of the repository'): HiveError =>
  new HiveError('paths.outside', `${JSON.stringify(path.slice(0, 300))} ${why}`, {
    details: { path: path.slice(0, 300) },
  });

/** `.git` as some file system would read it: other case, trailing dots or spaces, ignored code points (HFS+), short name or stream (NTFS). */
const isGitFolder = (segment: string): boolean => {
  const plain = segment
    .normalize('NFKC')
    .replace(/\p{Default_Ignorable_Code_Point}/gu, '')
    .toLowerCase()
    .replace(/:.*$/, '')
    .replace(/[. ]+$/, '');
  return plain === '.git' || /^git~\d+$/.test(plain);
};
