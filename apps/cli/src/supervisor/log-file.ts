import { closeSync, copyFileSync, fstatSync, mkdirSync, openSync, readFileSync, truncateSync } from 'node:fs';
import { dirname, join } from 'node:path';

const maxBytes = 5_000_000;

/** Where a process's log lies. */
export const logPath = (home: string, name: string): string => join(home, 'logs', `${name}.log`);

/**
 * A log file that a child writes by itself, so that it goes on when its supervisor is stuck or gone. Only appended to, hence a full one
 * can be copied to `.1` and emptied under the child's hands; lines written in between the two are lost.
 */
export type LogFile = { readonly fd: number; rotate(): void; close(): void };

/** Opens a log for appending; at most two files of 5 MB are kept. */
export const openLog = (path: string): LogFile => {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const fd = openSync(path, 'a', 0o600);
  return {
    fd,
    rotate: () => {
      if (fstatSync(fd).size < maxBytes) return;
      copyFileSync(path, `${path}.1`);
      truncateSync(path);
    },
    close: () => closeSync(fd),
  };
};

/** What a process said last that a person should know: the message of its last warning or error, or its last plain line. */
export const lastWords = (path: string): string | null => {
  let text: string;
  try {
    text = readFileSync(path, 'utf8').slice(-20_000);
  } catch {
    return null;
  }
  for (const line of text.trimEnd().split('\n').toReversed().slice(0, 20)) {
    const told = wordsOf(line);
    if (told !== null) return told;
  }
  return null;
};

const wordsOf = (line: string): string | null => {
  if (!line.startsWith('{')) return /^\S*Error\b.*: ./.test(line) ? line : null;
  try {
    // Our own log lines: what is missing or of another kind is left out below.
    const entry = JSON.parse(line) as { level?: number; msg?: string; message?: string; err?: { message?: string } };
    if ((entry.level ?? 0) < 50) return null;
    return entry.message ?? entry.err?.message ?? entry.msg ?? null;
  } catch {
    return null;
  }
};
