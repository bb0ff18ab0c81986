import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { createKeyFile, type Keys } from './key-file.ts';

const open = () => {
  const home = mkdtempSync(join(tmpdir(), 'hive-keys-'));
  onTestFinished(() => rmSync(home, { recursive: true, force: true }));
  const path = join(home, 'new', 'access.json');
  return { path, file: createKeyFile(path) };
};

const keys: Keys = {
  devices: [
    {
      ...{ id: 'abcdef012345', name: 'Desk', role: 'owner', hash: 'a'.repeat(64) },
      ...{ pairedAt: '2026-11-22T08:00:00Z', seenAt: '2026-11-22T08:00:00Z' },
    },
  ],
  tokens: [],
  ended: [],
};

test('what is written is read again, only by its owner, and nothing else is left behind', () => {
  const { path, file } = open();
  expect(file.read()).toEqual({ devices: [], tokens: [], ended: [] });
  file.write(keys);
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(createKeyFile(path).read()).toMatchObject(keys);
  expect(readdirSync(join(path, '..'))).toEqual(['access.json']);
});

test('a file that says something else is refused and not overwritten', () => {
  const { path, file } = open();
  file.write(keys);
  for (const text of ['', '{', '{"version":2}', '{"version":1,"devices":[{}],"tokens":[]}']) {
    writeFileSync(path, text);
    expect(() => file.read(), text).toThrow(expect.objectContaining({ code: 'config.invalid' }));
    expect(readFileSync(path, 'utf8')).toBe(text);
  }
});
