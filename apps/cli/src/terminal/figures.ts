export { byteWords as bytes } from '@hive/events';

/** A duration for people: `340 ms`, `1.1 s`, `48 s`, `4 min 5 s`, `3 h 20 min`. */
export const duration = (ms: number): string => {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 9950) return `${(ms / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return seconds % 60 === 0 ? `${minutes} min` : `${minutes} min ${seconds % 60} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
};

/** `1 task`, `2 tasks`, `1,089 packages`. */
export const count = (n: number, one: string, many = `${one}s`): string =>
  `${n.toLocaleString('en')} ${n === 1 ? one : many}`;

const two = (n: number): string => String(n).padStart(2, '0');

/** The time of day of an ISO moment in the terminal's time zone, with milliseconds where they matter. */
export const clock = (iso: string, options: { readonly millis?: boolean } = {}): string => {
  const at = new Date(iso);
  const time = `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;
  return options.millis ? `${time}.${String(at.getMilliseconds()).padStart(3, '0')}` : time;
};

/** How long ago: `now`, `5 s ago`, `3 min ago`, `2 d ago`. */
export const ago = (iso: string, now: number): string => {
  const seconds = Math.max(0, Math.round((now - Date.parse(iso)) / 1000));
  if (seconds < 2) return 'now';
  if (seconds < 60) return `${seconds} s ago`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`;
  return seconds < 86_400 ? `${Math.floor(seconds / 3600)} h ago` : `${Math.floor(seconds / 86_400)} d ago`;
};
