import type { Colour } from '../terminal/colour.ts';
import { clock } from '../terminal/figures.ts';
import { oneLine } from '../terminal/visible.ts';
import { padEnd } from '../terminal/width.ts';

const levels: Readonly<Record<number, string>> = {
  10: 'trace',
  20: 'debug',
  30: 'info',
  40: 'warn',
  50: 'error',
  60: 'fatal',
};
const known = new Set(['level', 'time', 'msg', 'agent', 'role', 'pid', 'hostname', 'err', 'name']);

/** A log line as a person reads it; what is not one of ours is shown as it is. */
export const logLine = (log: string, line: string, colour: Colour): string => {
  const entry = entryOf(line);
  const name = padEnd(log, 15);
  if (entry === null) return `${' '.repeat(12)}  ${name}  ${oneLine(line)}`;
  const level = levels[entry.level] ?? String(entry.level);
  const paint =
    level === 'error' || level === 'fatal' ? colour.red : level === 'warn' ? colour.yellow : (text: string) => text;
  const rest = Object.entries(entry)
    .filter(([key]) => !known.has(key))
    .map(([key, value]) => `${key}=${textOf(value)}`);
  const failure = (entry['err'] as { message?: string } | undefined)?.message; // as pino writes errors
  const words = [textOf(entry['msg']), ...(failure === undefined ? [] : [failure]), ...rest].join('  ');
  return `${clock(String(entry.time), { millis: true })}  ${name}  ${paint(padEnd(level, 5))}  ${oneLine(words)}`;
};

const textOf = (value: unknown): string => (typeof value === 'string' ? value : (JSON.stringify(value) ?? ''));

type Entry = { readonly level: number; readonly time: string; readonly [field: string]: unknown };

const isEntry = (value: unknown): value is Entry =>
  typeof value === 'object' &&
  value !== null &&
  'level' in value &&
  typeof value.level === 'number' &&
  'time' in value &&
  typeof value.time === 'string' &&
  !Number.isNaN(Date.parse(value.time));

const entryOf = (line: string): Entry | null => {
  try {
    const entry: unknown = JSON.parse(line);
    return isEntry(entry) ? entry : null;
  } catch {
    return null;
  }
};
