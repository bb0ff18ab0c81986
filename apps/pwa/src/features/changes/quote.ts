import type { DiffRow } from './diff-rows.ts';

const signs = { context: ' ', added: '+', removed: '-', note: '\\', hunk: '@' } as const;
const longestQuote = 1500;

const lineOf = (row: DiffRow | undefined): number | null =>
  row === undefined || row.kind === 'hunk' ? null : (row.after ?? row.before);

/** Rows of a diff as they stand in a note: the file with the lines, then the lines as a quotation. */
export const quoteOf = (path: string, rows: readonly DiffRow[]): string => {
  const [first, last] = [rows.find((row) => lineOf(row) !== null), rows.findLast((row) => lineOf(row) !== null)];
  const [from, to] = [lineOf(first), lineOf(last)];
  const place = from === null ? path : from === to || to === null ? `${path}:${from}` : `${path}:${from}-${to}`;
  const quoted = rows.map((row) => `> ${signs[row.kind]}${row.text}`).join('\n');
  return `${place}\n${quoted.length > longestQuote ? `${quoted.slice(0, longestQuote)} …` : quoted}\n`;
};
