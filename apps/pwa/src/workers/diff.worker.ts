import { rowsOf, type FileRows } from '../features/changes/diff-rows.ts';
import { parsePatch, type PatchFile } from '../features/changes/patch.ts';
import { answerAsked } from './answer-asked.ts';

/** What a patch does to a file, without its lines. */
export type FileSummary = Omit<PatchFile, 'hunks'>;

/** `read` takes the bytes of a patch and answers its files; `rows` answers the rows of one of them. A worker keeps one patch. */
export type DiffQuestion =
  | { readonly kind: 'read'; readonly patch: Uint8Array }
  | { readonly kind: 'rows'; readonly file: number; readonly most: number };
export type DiffAnswer = { readonly files: readonly FileSummary[] } | FileRows;

let files: readonly PatchFile[] = [];

answerAsked<DiffQuestion, DiffAnswer>((question) => {
  if (question.kind === 'read') {
    files = parsePatch(new TextDecoder().decode(question.patch));
    return { files: files.map(({ hunks: _, ...file }) => file) };
  }
  const file = files[question.file];
  return file ? rowsOf(file, question.most) : { rows: [], of: 0 };
});
