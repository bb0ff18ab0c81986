import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { openStore } from '../open-store.ts';
import { tryHistories } from '../testing/index.ts';

test('200 random histories come to the same as in memory', async () => {
  const home = await mkdtemp(join(tmpdir(), 'hive-histories-'));
  const store = await openStore({ home });
  onTestFinished(async () => {
    await store.close();
    await rm(home, { recursive: true, force: true });
  });
  expect(await tryHistories('SQLite', store, { histories: 200 })).toEqual({ histories: 200, difference: null });
});
