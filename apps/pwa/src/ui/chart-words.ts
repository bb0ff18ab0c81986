/** A chart in a sentence for each line: its newest and its highest value. */
export const chartWords = (
  lines: readonly { readonly name: string; readonly values: readonly (number | null)[] }[],
  write: (value: number) => string,
): string =>
  lines
    .map(({ name, values }) => {
      const known = values.filter((value): value is number => value !== null);
      const last = known.at(-1);
      if (last === undefined) return `${name}: not measured.`;
      return `${name}: ${write(last)} now, ${write(Math.max(...known))} at most.`;
    })
    .join(' ');

/** Bytes, short: `640 MB`, `23.4 GB`. */
export const bytes = (n: number): string => {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  const power = n < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(n) / 3));
  const value = n / 1000 ** power;
  return `${value >= 100 || power === 0 ? Math.round(value) : value.toFixed(1)} ${units[power]}`;
};
