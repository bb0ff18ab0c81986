/** One line of a hunk. `note` is git's own word about the line before: it has no newline at its end. */
export type PatchLine = {
  readonly kind: 'context' | 'added' | 'removed' | 'note';
  readonly text: string;
  /** The number of the line before and after the change; null where it is not there. */
  readonly before: number | null;
  readonly after: number | null;
};

/** A part of a file that changed, with the lines around it. `about` is what git found to name it by. */
export type Hunk = { readonly range: string; readonly about: string; readonly lines: readonly PatchLine[] };

/** What a patch does to one file. */
export type PatchFile = {
  readonly path: string;
  /** Its name before, where it was renamed or copied. */
  readonly from: string | null;
  readonly change: 'added' | 'deleted' | 'changed' | 'renamed' | 'copied';
  readonly modes: { readonly before: string; readonly after: string } | null;
  readonly isBinary: boolean;
  readonly added: number;
  readonly removed: number;
  readonly hunks: readonly Hunk[];
};

const simple: Readonly<Record<string, number>> = { a: 7, b: 8, t: 9, n: 10, v: 11, f: 12, r: 13, '"': 34, '\\': 92 };

/** A path as git writes it: names with unusual bytes stand in quotes, their bytes as octal escapes. */
const unquoted = (name: string): string => {
  if (!name.startsWith('"') || !name.endsWith('"')) return name;
  const bytes: number[] = [];
  for (const [, octal, escape, plain] of name.slice(1, -1).matchAll(/\\([0-7]{3})|\\(.)|([^\\]+)/gu)) {
    if (octal !== undefined) bytes.push(parseInt(octal, 8));
    else if (escape !== undefined) bytes.push(simple[escape] ?? escape.charCodeAt(0));
    else bytes.push(...new TextEncoder().encode(plain));
  }
  return new TextDecoder().decode(Uint8Array.from(bytes));
};

/** A path of a header without its `a/` or `b/`; null for a file that is not there. */
const sideOf = (name: string): string | null => {
  const path = unquoted(name.replace(/\t$/, ''));
  return path === '/dev/null' ? null : path.replace(/^[ab]\//, '');
};

/** `a/x b/x`: what a header says of a file that has no other, where both names are the same. */
const bothSides = (names: string): string => {
  const quoted = /^("(?:[^"\\]|\\.)*") ("(?:[^"\\]|\\.)*")$/.exec(names);
  return sideOf(quoted?.[2] ?? names.slice((names.length + 1) / 2)) ?? names;
};

type Header = { -readonly [K in 'path' | 'from' | 'change' | 'isBinary']: PatchFile[K] } & {
  before: string | null;
  after: string | null;
};

/** What each line before the first hunk says. */
const headerWords: readonly (readonly [RegExp, (header: Header, value: string) => void])[] = [
  [/^new file mode (\d+)$/, (header) => (header.change = 'added')],
  [/^deleted file mode (\d+)$/, (header) => (header.change = 'deleted')],
  [/^old mode (\d+)$/, (header, mode) => (header.before = mode)],
  [/^new mode (\d+)$/, (header, mode) => (header.after = mode)],
  [/^(?:rename|copy) from (.+)$/, (header, name) => (header.from = unquoted(name))],
  [/^rename to (.+)$/, (header, name) => Object.assign(header, { change: 'renamed', path: unquoted(name) })],
  [/^copy to (.+)$/, (header, name) => Object.assign(header, { change: 'copied', path: unquoted(name) })],
  [/^--- (.+)$/, (header, name) => (header.path = sideOf(name) ?? header.path)],
  [/^\+\+\+ (.+)$/, (header, name) => (header.path = sideOf(name) ?? header.path)],
  [/^(GIT binary patch|Binary files .* differ)$/, (header) => (header.isBinary = true)],
];

const kinds = { ' ': 'context', '+': 'added', '-': 'removed', '\\': 'note' } as const;

const isKind = (sign: string): sign is keyof typeof kinds => sign in kinds;

/** Reads one hunk that begins at `at`; answers where it ends. What a hunk announces counts, since a removed line may look like a header. */
const readHunk = (lines: readonly string[], at: number): { readonly hunk: Hunk; readonly next: number } | null => {
  const found = /^@@ (-(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))?) @@ ?(.*)$/.exec(lines[at] ?? '');
  if (!found) return null;
  const [, range = '', from = '0', oldCount = '1', to = '0', newCount = '1', about = ''] = found;
  const read: PatchLine[] = [];
  let [before, after] = [Number(from), Number(to)];
  const [lastBefore, lastAfter] = [before + Number(oldCount), after + Number(newCount)];
  let next = at + 1;
  for (; next < lines.length; next++) {
    const line = lines[next] ?? '';
    // Some programs cut the space of an empty line.
    const sign = line[0] ?? ' ';
    if (!isKind(sign) || (sign !== '\\' && before >= lastBefore && after >= lastAfter)) break;
    const kind = kinds[sign];
    read.push({
      kind,
      text: kind === 'note' ? line.slice(2) : line.slice(1),
      before: kind === 'context' || kind === 'removed' ? before++ : null,
      after: kind === 'context' || kind === 'added' ? after++ : null,
    });
  }
  return { hunk: { range, about, lines: read }, next };
};

const readFile = (lines: readonly string[], from: number, to: number): PatchFile => {
  const header: Header = {
    path: bothSides((lines[from] ?? '').slice('diff --git '.length)),
    ...{ from: null, change: 'changed', isBinary: false, before: null, after: null },
  };
  const hunks: Hunk[] = [];
  for (let at = from + 1; at < to;) {
    const read = header.isBinary ? null : readHunk(lines, at);
    if (read) {
      hunks.push(read.hunk);
      at = read.next;
      continue;
    }
    for (const [pattern, take] of hunks.length === 0 ? headerWords : []) {
      const found = pattern.exec(lines[at] ?? '');
      if (found) take(header, found[1] ?? '');
    }
    at++;
  }
  const count = (kind: PatchLine['kind']) =>
    hunks.reduce((sum, hunk) => sum + hunk.lines.filter((line) => line.kind === kind).length, 0);
  const { before, after, ...rest } = header;
  const modes = before !== null && after !== null ? { before, after } : null;
  return { ...rest, modes, added: count('added'), removed: count('removed'), hunks };
};

/** The files of a patch in git's format, in its order. Text before the first file is passed over; nothing is thrown for what is no patch. */
export const parsePatch = (patch: string): readonly PatchFile[] => {
  const lines = patch.split('\n');
  const starts: number[] = [];
  // Inside of a hunk every line begins with a sign, and inside of binary data with a letter and no space.
  lines.forEach((line, index) => line.startsWith('diff --git ') && starts.push(index));
  return starts.map((start, index) => readFile(lines, start, starts[index + 1] ?? lines.length));
};
