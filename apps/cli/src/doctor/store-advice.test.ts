import { expect, test } from 'vitest';
import { storeAdvice } from './store-advice.ts';

const about = { database: 'PostgreSQL at db:5432/hive', version: 'PostgreSQL 18.4', bytes: 1000, schema: 2 };
const blocker = { who: 'session 7 of psql', database: 'shop', since: '2026-11-21 12:00:00+00' };

test('a store without trouble is one line', async () => {
  const horizon = () => Promise.resolve({ hidden: 3, lagMs: 40, blocker });
  expect(await storeAdvice({ about: () => Promise.resolve(about), horizon })).toEqual([
    { about: 'database', status: 'ok', says: 'PostgreSQL at db:5432/hive PostgreSQL 18.4, 1.0 kB' },
  ]);
});

test('a pooler that lends sessions, and whoever holds back the readers, are named', async () => {
  const found = await storeAdvice({
    about: () => Promise.resolve({ ...about, pooled: true }),
    horizon: () => Promise.resolve({ hidden: 3, lagMs: 4_000, blocker }),
  });
  expect(found.map(({ about: what, status }) => `${what} ${status}`)).toEqual(['database absent', 'readers broken']);
  expect(found[0]?.says).toContain('a pooler that lends sessions');
  expect(found[1]?.says).toContain('session 7 of psql in the database shop');
});

test('a log of SQLite that is not emptied is named', async () => {
  const found = await storeAdvice({ about: () => Promise.resolve({ ...about, walBytes: 90_000_000 }) });
  expect(found.map(({ about: what, status }) => `${what} ${status}`)).toEqual(['database ok', 'readers absent']);
  expect(found[1]?.says).toContain('90 MB');
});
