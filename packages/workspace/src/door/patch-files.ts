/**
 * The paths that a patch in git's format touches, sorted: both sides of renames and copies, deleted files too.
 * Reads headers only between hunks, so a line of a file that looks like a header is not one.
 */
export const patchFiles = (patch: Uint8Array | string): string[] => {
  const text = typeof patch === 'string' ? patch : Buffer.from(patch).toString('utf8');
  const paths = new Set<string>();
  let left = { old: 0, new: 0 };
  let header: string | null = null;
  let named = false;
  const closeHeader = () => {
    if (header !== null && !named) for (const path of fromGitHeader(header)) paths.add(path);
    header = null;
  };
  for (const line of text.split('\n')) {
    if (left.old > 0 || left.new > 0) {
      if (line.startsWith('\\')) continue;
      if (!line.startsWith('+')) left.old--;
      if (!line.startsWith('-')) left.new--;
      continue;
    }
    const hunk = /^@@ -\d+(?:,(\d+))? \+\d+(?:,(\d+))? @@/.exec(line);
    if (hunk) {
      left = { old: Number(hunk[1] ?? 1), new: Number(hunk[2] ?? 1) };
      continue;
    }
    if (line.startsWith('diff --git ')) {
      closeHeader();
      header = line.slice('diff --git '.length).replace(/\r$/, '');
      named = false;
      continue;
    }
    const path = namedPath(line);
    if (path === null) continue;
    named = true;
    if (path !== '/dev/null') paths.add(path);
  }
  closeHeader();
  return [...paths].sort();
};

/**
 * What a file is called before and after a change, by the lines that a patch in git's format has about it before its first hunk. Both are the same
 * where they say nothing else; null on the side where there is no such file.
 */
export const namesInHeader = (
  header: readonly string[],
): { readonly before: string | null; readonly after: string | null } => {
  const names: { before?: string; after?: string } = {};
  for (const line of header) {
    const path = namedPath(line);
    if (path !== null) names[/^(?:---|rename from|copy from)/.test(line) ? 'before' : 'after'] ??= path;
  }
  const [same = null] =
    header[0] === undefined ? [] : fromGitHeader(header[0].replace(/\r$/, '').slice('diff --git '.length));
  const side = (name: string | undefined) => (name === '/dev/null' ? null : (name ?? same));
  return { before: side(names.before), after: side(names.after) };
};

const quotedName = /^"(?:[^"\\]|\\.)*"/;

const namedPath = (line: string): string | null => {
  const moved = /^(?:rename|copy) (?:from|to) (.*?)\r?$/.exec(line)?.[1];
  if (moved !== undefined) return unquote(moved);
  const side = /^(?:---|\+\+\+) (.*?)\r?$/.exec(line)?.[1];
  if (side === undefined) return null;
  // A tab ends a name: git writes one after names with spaces, diff before a date.
  const path = unquote(quotedName.exec(side)?.[0] ?? side.split('\t')[0] ?? '');
  return path === '/dev/null' ? path : stripPrefix(path);
};

const stripPrefix = (path: string) => path.replace(/^[^/]+\//, '');

/** Without other lines (mode change, empty or binary file) both sides have the same name, in `a/NAME b/NAME`. */
const fromGitHeader = (header: string): string[] => {
  if (header.startsWith('"')) {
    const first = quotedName.exec(header)?.[0];
    return first ? [stripPrefix(unquote(first))] : [];
  }
  const half = (header.length - 1) / 2;
  return Number.isInteger(half) && header[half] === ' ' ? [stripPrefix(header.slice(0, half))] : [];
};

const escapes: Readonly<Record<string, string>> = { a: '\x07', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v' };

/** Decodes git's C-style quoting, where bytes beyond ASCII are octal. */
const unquote = (name: string): string => {
  if (!name.startsWith('"') || !name.endsWith('"')) return name;
  const bytes = name
    .slice(1, -1)
    .replace(/[^\x00-\x7f]+/g, (text) => Buffer.from(text, 'utf8').toString('latin1'))
    .replace(/\\([0-7]{3}|.)/g, (_, escaped: string) =>
      /^[0-7]{3}$/.test(escaped) ? String.fromCharCode(parseInt(escaped, 8)) : (escapes[escaped] ?? escaped),
    );
  return Buffer.from(bytes, 'latin1').toString('utf8');
};
