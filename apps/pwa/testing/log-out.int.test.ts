// What a browser keeps of a Hive, and that nothing of it stays when it is logged out.
import type { Page } from 'playwright';
import { createDeskClient } from '@hive/events';
import { expect } from 'vitest';
import { openRoom, test } from './browser-test.ts';
import { tellEvening } from './stories.ts';

/** How many records each store of the room's database holds. Whoever opens a database that is not there makes an empty one, so it is looked for first. */
const storedIn = (page: Page): Promise<readonly number[]> =>
  page.evaluate(`new Promise(async (resolve, reject) => {
    if (!(await indexedDB.databases()).some(({ name }) => name === 'hive-room')) return resolve([]);
    const opening = indexedDB.open('hive-room');
    opening.onerror = () => reject(opening.error);
    opening.onsuccess = () => {
      const db = opening.result;
      const names = [...db.objectStoreNames];
      const done = (counts) => (db.close(), resolve(counts));
      if (names.length === 0) return done([]);
      const tx = db.transaction(names);
      Promise.all(names.map((name) => new Promise((counted) => (tx.objectStore(name).count().onsuccess = ({ target }) => counted(target.result))))).then(done);
    };
  })`);
const total = async (page: Page) => (await storedIn(page)).reduce((sum, n) => sum + n, 0);

/** Opens a trace and waits until it is stored. */
const openTrace = async () => {
  const { fixture, context } = await openRoom(tellEvening(Date.now()));
  const page = await context.newPage();
  await page.goto(await fixture.link(`/traces/${fixture.story.ids.failed}`));
  await page.getByRole('heading', { name: /Fix the date parser/ }).waitFor();
  await expect.poll(() => total(page)).toBeGreaterThan(0);
  return { fixture, page };
};
const expectNothingKept = async (page: Page) => {
  await page.getByRole('heading', { name: 'This browser is not paired yet' }).waitFor();
  await expect.poll(() => total(page)).toBe(0);
  expect(await page.evaluate("localStorage.getItem('hive-csrf')")).toBe(null);
};

test('logging out wipes what this browser stored, and lets it in no more', async () => {
  const { fixture, page } = await openTrace();
  await page.goto(`${fixture.url}/settings`);
  await page.getByRole('button', { name: 'Log out here' }).click();
  await page.getByRole('button', { name: 'Log out', exact: true }).last().click();
  await expectNothingKept(page);
});

test('a browser that is shut out elsewhere wipes what it stored when it hears of it', async () => {
  const { fixture, page } = await openTrace();
  const owner = createDeskClient({ url: fixture.url, token: fixture.token });
  const [device] = await owner.devices();
  await owner.revokeDevice(device?.id ?? '');
  await page.reload();
  await expectNothingKept(page);
});
