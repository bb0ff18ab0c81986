// The built app in a real browser under the policy of the server: what no test of one element can show.
import type { BrowserContext, Page } from 'playwright';
import { expect } from 'vitest';
import { openRoom, shellStored, test } from './browser-test.ts';
import type { Fixture } from './fixture.ts';
import { tellStory } from './stories.ts';

let fixture: Fixture;
let context: BrowserContext;

const open = async (path: string, { paired = true } = {}): Promise<Page> => {
  ({ fixture, context } = await openRoom(tellStory(Date.now()), { viewport: { width: 1280, height: 800 } }));
  const page = await context.newPage();
  await page.goto(paired ? await fixture.link(path) : fixture.url + path);
  return page;
};

test('every page works under the policy, and links lead from one to the next', async () => {
  const page = await open('/');
  await page.getByRole('heading', { name: 'Needs you' }).waitFor();
  await page.getByRole('link', { name: 'Agents' }).first().click();
  await page.getByRole('cell', { name: 'work: Compact without stopping readers' }).waitFor();
  await page.getByRole('link', { name: 'Traces' }).click();
  await page.getByRole('searchbox').fill('status:failed parser');
  await expect.poll(() => new URL(page.url()).searchParams.get('q')).toBe('status:failed parser');
  await page.getByRole('link', { name: /Fix the date parser/ }).click();
  await page.getByRole('treegrid').waitFor();
  await page.keyboard.press('e');
  await page.keyboard.press('Enter');
  await page.getByRole('complementary', { name: 'Event' }).waitFor();
  expect(new URL(page.url()).searchParams.has('sel')).toBe(true);
});

test('what happens is seen without a reload, and the header follows', async () => {
  const page = await open('/');
  await page.getByRole('heading', { name: 'Needs you' }).waitFor();
  await page.goto(`${fixture.url}/traces/${fixture.story.ids.running}`);
  const counts = page.locator('hive-waterfall').getByRole('status');
  await counts.waitFor();
  const before = parseInt((await counts.textContent()) ?? '', 10);
  await page.getByText('Live', { exact: true }).waitFor();
  await fixture.advance(6);
  await page.getByText(`${before + 6} events`).waitFor();
  await fixture.advance(1000);
  await page.getByRole('searchbox').fill('"check by worker-2"');
  await page
    .getByRole('row', { name: /check by worker-2/ })
    .last()
    .waitFor({ state: 'attached' });
});

test('a one-time link pairs the browser and leaves no code in the address', async () => {
  const page = await open('/traces', { paired: false });
  await page.getByRole('heading', { name: 'This browser is not paired yet' }).waitFor();
  await page.goto(await fixture.link('/traces'));
  await page.getByRole('link', { name: /Release chores/ }).waitFor();
  expect(page.url()).toBe(`${fixture.url}/traces`);
});

test('without the server the shell still opens, at any address, and says that it is not live', async () => {
  const page = await open('/');
  await shellStored(page);
  await fixture.close();
  await page.goto(`${fixture.url}/agents`);
  await page.getByRole('heading', { name: 'This could not be loaded' }).first().waitFor();
  await page
    .getByText(/Reconnecting in|Offline/)
    .first()
    .waitFor();
});

test('a new version waits until it is asked for, and then takes over', async () => {
  const page = await open('/');
  await shellStored(page);
  await page.reload(); // the first page of all was not opened by the worker
  await fixture.deploy();
  await page.evaluate(() => (globalThis as unknown as EventTarget).dispatchEvent(new Event('focus')));
  await page.getByText('There is a new version.').waitFor();
  const reloaded = page.waitForEvent('load');
  await page.getByRole('button', { name: 'Reload' }).click();
  await reloaded;
  await page.getByRole('heading', { name: 'Needs you' }).waitFor();
  expect(await page.getByText('There is a new version.').count()).toBe(0);
});

test('neither questions to Hive nor chunks wake the worker that keeps the shell', async () => {
  const page = await open('/');
  await shellStored(page);
  await page.reload();
  await page.getByRole('heading', { name: 'Needs you' }).waitFor();
  const answered = await page.evaluate<readonly (readonly [path: string, by: string])[]>(
    `performance.getEntriesByType('resource').map(({ name, workerFinalSourceType: by }) => [new URL(name).pathname, by])`,
  );
  const answeredBy = (prefix: string) =>
    new Set(answered.filter(([path]) => path.startsWith(prefix)).map(([, by]) => by));
  expect(answeredBy('/api/')).toEqual(new Set(['network']));
  expect(answeredBy('/assets/')).toEqual(new Set(['cache']));
});

test('it can be installed', async () => {
  const page = await open('/');
  await shellStored(page);
  const cdp = await context.newCDPSession(page);
  const { errors } = await cdp.send('Page.getAppManifest');
  expect(errors).toEqual([]);
  const { installabilityErrors } = await cdp.send('Page.getInstallabilityErrors');
  // A test's page is a private window, which some builds of Chromium object to.
  expect(installabilityErrors.map(({ errorId }) => errorId).filter((id) => id !== 'in-incognito')).toEqual([]);
});
