import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { lastWords, openLog } from './log-file.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'hive-log-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
});

test('a full log moves to .1 and its writer goes on at the start', () => {
  const path = join(dir, 'logs/worker-1.log');
  const log = openLog(path);
  writeSync(log.fd, 'x'.repeat(4_999_999));
  log.rotate();
  expect(statSync(path).size).toBe(4_999_999);
  writeSync(log.fd, '\n');
  log.rotate();
  writeSync(log.fd, 'new\n');
  log.close();
  expect(readFileSync(path, 'utf8')).toBe('new\n');
  expect(statSync(`${path}.1`).size).toBe(5_000_000);
});

test('the last words are the last thing that was an error', () => {
  const path = join(dir, 'a.log');
  const lines = [
    { level: 50, msg: 'old' },
    { level: 60, message: 'The store is newer than this Hive', msg: 'cannot run' },
    { level: 30, msg: 'stopped' },
  ];
  writeFileSync(path, lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  expect(lastWords(path)).toBe('The store is newer than this Hive');
});

test('a crash before the first log line is told too', () => {
  const path = join(dir, 'a.log');
  writeFileSync(path, 'node:internal\n\nTypeError: x is not a function\n    at main.ts:1\n');
  expect(lastWords(path)).toBe('TypeError: x is not a function');
  expect(lastWords(join(dir, 'none.log'))).toBeNull();
});
