/** How long something took, short: `850 ms`, `4.2 s`, `2 m 05 s`, `3 h 12 m`, `2 d 4 h`. */
export const duration = (ms: number): string => {
  if (ms < 1000) return `${Math.max(0, Math.round(ms))} ms`;
  const s = ms / 1000;
  if (s < 59.95) return `${s.toFixed(1)} s`;
  const whole = Math.round(s);
  const two = (n: number) => String(n).padStart(2, '0');
  if (whole < 3600) return `${Math.floor(whole / 60)} m ${two(whole % 60)} s`;
  const minutes = Math.round(s / 60);
  if (minutes < 60 * 48) return `${Math.floor(minutes / 60)} h ${two(minutes % 60)} m`;
  const hours = Math.round(s / 3600);
  return `${Math.floor(hours / 24)} d ${hours % 24} h`;
};

/** How long ago, in words: `now`, `12 s ago`, `5 min ago`, `3 h ago`, `2 days ago`. */
export const ago = (ms: number): string => {
  const s = Math.max(0, Math.round(ms / 1000));
  if (s < 3) return 'now';
  if (s < 60) return `${s} s ago`;
  if (s < 3600) return `${Math.floor(s / 60)} min ago`;
  if (s < 48 * 3600) return `${Math.floor(s / 3600)} h ago`;
  return `${Math.floor(s / 86_400)} days ago`;
};

const grouped = new Intl.NumberFormat('en', { useGrouping: true });

/** A count with its noun: `1 task`, `4,018 events`. */
export const count = (n: number, noun: string, plural = `${noun}s`): string =>
  `${grouped.format(n)} ${n === 1 ? noun : plural}`;

/** A large number in a few signs: `48.7K`. */
export const inShort = (value: number): string => shortly.format(value);

const shortly = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 });
