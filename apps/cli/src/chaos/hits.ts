import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import type { Hit } from '@hive/failpoints';

/** Reads what was appended to a log of hits since the last time; nothing where there is no log yet. Half a line is left for the next time. */
export const createHitReader = (file: string): (() => readonly Hit[]) => {
  let read = 0;
  return () => {
    const text = textAfter(file, read);
    const whole = text.slice(0, text.lastIndexOf('\n') + 1);
    read += Buffer.byteLength(whole);
    return whole
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as Hit); // only `armFailpoints` writes here
  };
};

const textAfter = (file: string, position: number): string => {
  let fd: number;
  try {
    fd = openSync(file, 'r');
  } catch {
    return '';
  }
  try {
    const rest = Buffer.alloc(fstatSync(fd).size - position);
    return rest.toString('utf8', 0, readSync(fd, rest, 0, rest.length, position));
  } finally {
    closeSync(fd);
  }
};
