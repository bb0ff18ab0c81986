/** A size for people: `512 B`, `1.5 kB`, `12 MB`. */
export const byteWords = (count: number): string => {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let [size, unit] = [count, 0];
  while (size >= 1000 && unit < units.length - 1) [size, unit] = [size / 1000, unit + 1];
  return `${unit === 0 || size >= 9.95 ? Math.round(size) : size.toFixed(1)} ${units[unit] ?? 'B'}`;
};
