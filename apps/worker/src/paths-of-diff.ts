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
