import { createHash } from 'node:crypto';
import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createArtefacts } from './index.ts';

let home: string;
beforeEach(async () => void (home = await mkdtemp(join(tmpdir(), 'hive-artefacts-'))));
afterEach(() => rm(home, { recursive: true, force: true }));

test('bytes come back under the hash of their content, readable by their owner alone', async () => {
  const artefacts = createArtefacts(home);
  const hash = await artefacts.put('grüß dich');
  expect(hash).toBe(createHash('sha256').update('grüß dich').digest('hex'));
  expect((await artefacts.get(hash))?.toString()).toBe('grüß dich');
  expect((await stat(join(home, 'artefacts', hash.slice(0, 2), hash))).mode & 0o777).toBe(0o600);
  const bytes = Uint8Array.from([0, 255, 1]);
  expect(await artefacts.get(await artefacts.put(bytes))).toEqual(Buffer.from(bytes));
});

test('the same content is stored once, also by many at the same time, and nothing half is left', async () => {
  const artefacts = createArtefacts(home);
  const hashes = await Promise.all(Array.from({ length: 20 }, () => artefacts.put('same')));
  expect(new Set(hashes).size).toBe(1);
  expect(await readdir(join(home, 'artefacts', hashes[0]?.slice(0, 2) ?? ''))).toEqual([hashes[0]]);
});

test('what lies there with other content is not given out, and storing the bytes again puts them back', async () => {
  const artefacts = createArtefacts(home);
  const hash = await artefacts.put('agreed to');
  await writeFile(join(home, 'artefacts', hash.slice(0, 2), hash), 'agrees to');
  expect(await artefacts.get(hash)).toBeNull();
  expect(await artefacts.put('agreed to')).toBe(hash);
  expect((await artefacts.get(hash))?.toString()).toBe('agreed to');
});

test('an unknown hash and a name that is none give nothing', async () => {
  const artefacts = createArtefacts(home);
  expect(await artefacts.get('0'.repeat(64))).toBeNull();
  await writeFile(join(home, 'secret'), 'x');
  expect(await artefacts.get('../../secret')).toBeNull();
});

test('a folder that cannot be made says what to do', async () => {
  await writeFile(join(home, 'file'), '');
  await expect(createArtefacts(join(home, 'file')).put('x')).rejects.toMatchObject({
    code: 'store.readonly',
    remedy: 'fix_config',
  });
});
