import type { FileSummary } from '../../workers/diff.worker.ts';

const changes = { added: 'new', deleted: 'deleted', changed: '', renamed: 'renamed', copied: 'copied' } as const;
const modeWords: Readonly<Record<string, string>> = {
  '100644': 'not executable',
  '100755': 'executable',
  '120000': 'a symbolic link',
  '160000': 'a submodule',
};
const mode = (bits: string): string => modeWords[bits] ?? bits;

/** What happened to a file beside its lines: `new`, `renamed from a.ts`, `now executable`, `binary`. */
export const fileWords = ({ change, from, modes, isBinary }: FileSummary): string =>
  [
    from === null ? changes[change] : `${changes[change]} from ${from}`,
    modes === null ? '' : `was ${mode(modes.before)}, is ${mode(modes.after)}`,
    isBinary ? 'binary' : '',
  ]
    .filter((part) => part !== '')
    .join(', ');
