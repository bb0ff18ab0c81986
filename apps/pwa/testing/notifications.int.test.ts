// Notifications in a real browser: shown by the service worker, opened, decided from, and switched on in Settings as far as no service is needed.
import type { BrowserContext, Page } from 'playwright';
import { expect } from 'vitest';
import { openRoom, shellStored, test } from './browser-test.ts';
import type { Fixture } from './fixture.ts';
import { notificationsOf, type WorkerScope } from './push-page.ts';
import { tellNothing } from './stories.ts';

let fixture: Fixture;
let context: BrowserContext;

/** A paired page with its service worker, and a way to push to it. */
const openPaired = async () => {
  ({ fixture, context } = await openRoom(tellNothing()));
  await context.grantPermissions(['notifications'], { origin: fixture.url });
  const page = await context.newPage();
  await page.goto(await fixture.link('/settings'));
  await page.getByRole('heading', { name: 'Notifications on this device' }).waitFor();
  await shellStored(page);
  return { page, ...(await notificationsOf(page, context)) };
};

const asked = (grant: string) => ({
  web_push: 8030,
  notification: {
    ...{ title: 'Waits for your decision', body: 'Merge hive/x into main', tag: 'a1', silent: false },
    data: { kind: 'approvals', path: '/approvals/a1', approvalId: 'a1', grant },
    actions: [
      { action: 'approve', title: 'Approve' },
      { action: 'deny', title: 'Deny' },
    ],
  },
  app_badge: 1,
});

test('what is pushed is shown with its buttons, and taken back when it was decided', async () => {
  const { push, shown } = await openPaired();
  await push(asked('g'.repeat(32)));
  await expect.poll(() => shown()).toMatchObject([{ tag: 'a1', body: 'Merge hive/x into main', actions: 2 }]);
  await push({
    notification: { title: 'Approved', body: 'by ada', tag: 'a1', silent: true, data: { kind: 'closed' } },
    app_badge: 0,
  });
  // Nobody may be looking in a headless browser, so what stays is the quiet word that it was decided, without buttons.
  await expect.poll(async () => (await shown()).filter(({ actions }) => actions > 0)).toEqual([]);
});

test('a button decides by one request with the grant, and says that it was recorded', async () => {
  const { worker, push, shown, tap } = await openPaired();
  await worker.evaluate(() => {
    const scope = globalThis as unknown as WorkerScope;
    scope.asked = [];
    scope.fetch = (path: string, init: { body: string }) => {
      scope.asked?.push(`${path} ${init.body}`);
      return Promise.resolve(Response.json({ action: 'Merge hive/x into main' }));
    };
  });
  await push(asked('g'.repeat(32)));
  await expect.poll(() => shown()).toHaveLength(1);
  await tap('approve');
  await expect.poll(() => shown()).toMatchObject([{ title: 'Approved', tag: 'a1', actions: 0 }]);
  expect(await worker.evaluate(() => (globalThis as unknown as WorkerScope).asked)).toEqual([
    `/api/v1/notifications/decide {"grant":"${'g'.repeat(32)}","decision":"approve"}`,
  ]);
});

test('a decision that the server refuses does not look like one', async () => {
  const { push, shown, tap } = await openPaired();
  await push(asked('g'.repeat(32)));
  await expect.poll(() => shown()).toHaveLength(1);
  await tap('deny');
  await expect
    .poll(() => shown())
    .toMatchObject([{ title: 'Not decided', body: expect.stringContaining('used already or is too old') as string }]);
});

test('Settings says through whom notifications travel, keeps the look, renames this browser, and makes a token', async () => {
  const { page } = await openPaired();
  await page.getByText("travel through the service of your browser's maker").waitFor();
  await page.getByText('a webhook or an ntfy server of your own').waitFor();
  await page.getByLabel('Dark').check();
  const scheme = (it: Page) =>
    it.evaluate(
      () =>
        (globalThis as unknown as { document: { documentElement: { style: { colorScheme: string } } } }).document
          .documentElement.style.colorScheme,
    );
  expect(await scheme(page)).toBe('dark');
  await page.reload();
  await page.getByRole('heading', { name: 'Notifications on this device' }).waitFor();
  expect(await scheme(page)).toBe('dark');
  await page.getByRole('button', { name: /^Rename/ }).click();
  await page.getByLabel('Name', { exact: true }).fill('My phone');
  await page.getByRole('button', { name: 'Rename', exact: true }).click();
  await page.getByText('My phone').first().waitFor();
  await page.getByRole('button', { name: 'New token that may look' }).click();
  await page.getByLabel('What it is for').fill('A script');
  await page.getByRole('button', { name: 'Make it', exact: true }).click();
  await page.getByText(/hive_[0-9a-f]{12}_/).waitFor();
});
