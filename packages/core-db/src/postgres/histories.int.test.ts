import { expect, onTestFinished, test } from 'vitest';
import { openStore } from '../open-store.ts';
import { testPostgres, tryHistories } from '../testing/index.ts';

test('100 random histories come to the same as in memory', async () => {
  const { url, drop } = await testPostgres();
  const store = await openStore({ url, home: '' });
  onTestFinished(async () => {
    await store.close();
    await drop();
  });
  expect(await tryHistories('PostgreSQL', store, { histories: 100 })).toEqual({ histories: 100, difference: null });
});
