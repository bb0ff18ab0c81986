import { padEnd, widthOf } from './width.ts';

/** Rows as aligned columns, two blanks apart; nothing after the last one. Numbers are aligned to the right. */
export const table = (head: readonly string[] | null, rows: readonly (readonly (string | number)[])[]): string[] => {
  const lines = [...(head ? [head] : []), ...rows.map((row) => row.map(String))];
  const widths = lines.reduce<number[]>(
    (sofar, line) => line.map((cell, column) => Math.max(sofar[column] ?? 0, widthOf(cell))),
    [],
  );
  const isNumeric = widths.map((_, column) => rows.length > 0 && rows.every((row) => typeof row[column] === 'number'));
  return lines.map((line) =>
    line
      .map((cell, column) => {
        const width = widths[column] ?? 0;
        return isNumeric[column] ? ' '.repeat(width - widthOf(cell)) + cell : padEnd(cell, width);
      })
      .join('  ')
      .trimEnd(),
  );
};
