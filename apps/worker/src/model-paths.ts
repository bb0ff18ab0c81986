import { HiveError } from '@hive/errors';

/**
 * A path that a model named, relative to the repository and without `.` segments. Throws `paths.outside` for anything that could be
 * another place on some file system: absolute, `..`, a drive, git's own folder however it is spelled, control characters.
 */
export const repositoryPath = (path: string): string => {
  const segments = path.split(/[/\\]/).filter((segment) => segment !== '.');
  const outside =
    path.trim() === '' ||
    /^[/\\~]|^[A-Za-z]:/.test(path) ||
    /\p{Cc}/u.test(path) ||
    segments.length === 0 ||
    segments.some((segment) => segment === '' || segment === '..' || isGitFolder(segment));
  if (!outside) return segments.join('/');
  throw new HiveError(
    'paths.outside',
    `The model named ${JSON.stringify(path)}, which is not a file of the repository`,
    {
      details: { path },
    },
  );
};

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

const header = /^(?:--- |\+\+\+ |rename from |rename to |copy from |copy to )(.*)$/;

/**
 * The paths that the headers of a unified diff name, without `a/` and `b/`. Lines inside hunks are skipped by count,
 * because a removed line may look like a header.
 */
export const pathsOfDiff = (diff: string): string[] => {
  const paths = new Set<string>();
  let old = 0;
  let now = 0;
  for (const line of diff.split('\n')) {
    if (old > 0 || now > 0) {
      if (!line.startsWith('+') && !line.startsWith('\\')) old -= 1;
      if (!line.startsWith('-') && !line.startsWith('\\')) now -= 1;
      continue;
    }
    const hunk = /^@@ -\d+(?:,(\d+))? \+\d+(?:,(\d+))? @@/.exec(line);
    if (hunk) {
      old = Number(hunk[1] ?? 1);
      now = Number(hunk[2] ?? 1);
      continue;
    }
    for (const path of namedIn(line)) paths.add(path);
  }
  return [...paths];
};

const namedIn = (line: string): string[] => {
  const git = /^diff --git (?:"?a\/)(.+?)"? (?:"?b\/)(.+?)"?$/.exec(line.replace(/\r$/, ''));
  if (git) return git.slice(1).map(unquoted);
  const match = header.exec(line.replace(/\r$/, ''))?.[1];
  // A tab separates the path from a time stamp.
  const path = match === undefined ? undefined : unquoted((match.split('\t')[0] ?? '').replace(/^"(.*)"$/, '$1'));
  if (path === undefined || path === '/dev/null') return [];
  return [/^(?:---|\+\+\+) /.test(line) ? path.replace(/^[ab]\//, '') : path];
};

/** Git writes unusual characters of a path as octal bytes or C escapes. */
const unquoted = (path: string): string => {
  if (!path.includes('\\')) return path;
  const bytes = path.replace(
    /\\([0-7]{3})/g,
    (_, octal: string) => `%${Number.parseInt(octal, 8).toString(16).padStart(2, '0')}`,
  );
  try {
    return decodeURIComponent(bytes.replace(/%(?![0-9a-f]{2})/g, '%25')).replace(/\\(.)/g, '$1');
  } catch {
    return path;
  }
};
