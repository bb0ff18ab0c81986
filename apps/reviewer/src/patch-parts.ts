import { namesInHeader } from '@hive/workspace';

/** One line of a file, with its number in the version that it is of. */
export type Line = { readonly number: number; readonly text: string };

/** What a patch says of one file. */
export type FileChange = {
  /** Its name after the change; of a deleted file the one that it had. */
  readonly path: string;
  /** Its name before, where it has moved or was copied. */
  readonly from: string | null;
  readonly kind: 'added' | 'deleted' | 'changed';
  /** Git's modes, where the patch says them. */
  readonly mode: { readonly before: string | null; readonly after: string | null };
  readonly isBinary: boolean;
  /** Bytes that the patch says about it. */
  readonly bytes: number;
  readonly added: readonly Line[];
  readonly removed: readonly Line[];
  /** What a model is shown of it. */
  readonly text: string;
  /** The stretches of its new version that the patch shows. */
  readonly lines: readonly (readonly [from: number, to: number])[];
};

type Draft = { -readonly [K in keyof FileChange]: FileChange[K] } & {
  added: Line[];
  removed: Line[];
  lines: (readonly [number, number])[];
};

/**
 * A patch in git's format, file by file, in one pass. What looks like a header within a hunk is a line of a file: nobody can hide a file in
 * another one, or make one up.
 */
export const patchParts = (patch: string): FileChange[] => {
  const files: Draft[] = [];
  let file: Draft | null = null;
  let header: string[] = [];
  let begin = 0;
  let left = { before: 0, after: 0 };
  let at = { before: 0, after: 0 };
  const close = (end: number): void => {
    if (!file) return;
    const { before, after } = namesInHeader(header);
    files.push({
      ...file,
      path: (file.kind === 'deleted' ? (before ?? after) : (after ?? before)) ?? '',
      from: file.kind === 'changed' && before !== after ? before : null,
      bytes: end - begin,
      text: file.isBinary ? `${header.join('\n')}\n(binary, not shown)\n` : patch.slice(begin, end),
    });
  };
  for (let start = 0; start < patch.length;) {
    const found = patch.indexOf('\n', start);
    const end = found === -1 ? patch.length : found;
    const line = patch.slice(start, end);
    const first = line[0];
    if (file && (left.before > 0 || left.after > 0)) {
      if (first === '+') {
        file.added.push({ number: at.after++, text: line.slice(1) });
        left.after--;
      } else if (first === '-') {
        file.removed.push({ number: at.before++, text: line.slice(1) });
        left.before--;
      } else if (first !== '\\') {
        at = { before: at.before + 1, after: at.after + 1 };
        left = { before: left.before - 1, after: left.after - 1 };
      }
    } else if (line.startsWith('diff --git ')) {
      close(start);
      file = { ...nothing, mode: { before: null, after: null }, added: [], removed: [], lines: [] };
      header = [line];
      begin = start;
    } else if (file) {
      const hunk = /^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@/.exec(line);
      if (hunk) {
        at = { before: Number(hunk[1]), after: Number(hunk[3]) };
        left = { before: Number(hunk[2] ?? 1), after: Number(hunk[4] ?? 1) };
        file.lines.push([at.after, at.after + Math.max(left.after, 1) - 1]);
      } else if (!file.isBinary && file.lines.length === 0) {
        if (header.length < mostHeaderLines) header.push(line);
        readHeader(file, line);
      }
    }
    start = end + 1;
  }
  close(patch.length);
  return files;
};

/** Lines of a header that git writes at most, and a few more. */
const mostHeaderLines = 16;

const nothing = {
  path: '',
  from: null,
  kind: 'changed',
  isBinary: false,
  bytes: 0,
  text: '',
} as const satisfies Partial<FileChange>;

const readHeader = (file: Draft, line: string): void => {
  const [, which, mode = ''] = /^(old mode|new mode|new file mode|deleted file mode) (\d{6})\r?$/.exec(line) ?? [];
  if (which === 'new file mode') file.kind = 'added';
  if (which === 'deleted file mode') file.kind = 'deleted';
  if (which !== undefined) {
    const isBefore = which === 'old mode' || which === 'deleted file mode';
    file.mode = isBefore ? { ...file.mode, before: mode } : { ...file.mode, after: mode };
  }
  const kept = /^index [0-9a-f]+\.\.[0-9a-f]+ (\d{6})\r?$/.exec(line)?.[1];
  if (kept !== undefined) file.mode = { before: kept, after: kept };
  if (/^(?:GIT binary patch|Binary files .* differ)\r?$/.test(line)) file.isBinary = true;
};
