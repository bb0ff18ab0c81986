// The built app in a real browser under the policy of the server: what no test of one element can show.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright';
import { afterAll, afterEach, beforeAll, expect, test as base, vi } from 'vitest';
import { findChromium } from '@hive/tools/chromium';
import { startFixture, type Fixture } from './fixture.ts';
import { tellStory } from './stories.ts';

// A browser on a busy machine takes its time.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const chrome = await findChromium();
const built = existsSync(join(import.meta.dirname, '../dist/index.html'));
const missing = built ? (chrome.executablePath ? null : 'no Chromium') : 'not built: npm run build -w @hive/pwa';
if (missing !== null && process.env['CI']) throw new Error(`control room tests cannot run: ${missing}`);
if (missing !== null) process.stderr.write(`control room tests skipped: ${missing}\n`);
const test = base.skipIf(missing !== null);

let browser: Browser;
let fixture: Fixture;
let context: BrowserContext;
let complaints: string[];

beforeAll(async () => {
  if (missing === null) browser = await chromium.launch(chrome);
});
afterAll(async () => browser?.close());
afterEach(async () => {
  await context?.close();
  await fixture?.close();
});

/** Resolves when the shell is stored and a worker answers for it. */
const shellStored = (page: Page): Promise<void> =>
  page.evaluate(async () => {
    const { serviceWorker } = (globalThis as unknown as { navigator: { serviceWorker: { ready: Promise<unknown> } } })
      .navigator;
    await serviceWorker.ready;
  });

const open = async (path: string, prepare?: (fixture: Fixture) => void): Promise<Page> => {
  fixture = await startFixture(tellStory(Date.now()));
  prepare?.(fixture);
  context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  const page = await context.newPage();
  complaints = [];
  page.on(
    'console',
    (message) => /violates|Trusted|Refused to/.test(message.text()) && complaints.push(message.text()),
  );
  page.on('pageerror', (error) => complaints.push(error.message));
  await page.goto(fixture.url + path);
  return page;
};

test('every page works under the policy, and links lead from one to the next', async () => {
  const page = await open('/');
  await page.getByRole('heading', { name: 'Needs you' }).waitFor();
  await page.getByRole('link', { name: 'Agents' }).first().click();
  await page.getByRole('cell', { name: 'check: Read through a stream' }).waitFor();
  await page.getByRole('link', { name: 'Traces' }).click();
  await page.getByRole('searchbox').fill('status:failed parser');
  await expect.poll(() => new URL(page.url()).searchParams.get('q')).toBe('status:failed parser');
  await page.getByRole('link', { name: /Fix the date parser/ }).click();
  await page.getByRole('row', { name: /attempt_failed/ }).click();
  await page.getByRole('complementary', { name: 'Event' }).waitFor();
  expect(new URL(page.url()).searchParams.has('sel')).toBe(true);
  expect(complaints).toEqual([]);
});

test('what happens is seen without a reload, and the header follows', async () => {
  const page = await open('/');
  await page.goto(`${fixture.url}/traces/${fixture.story.ids.running}`);
  const before = await page.getByRole('row').count();
  await page.getByText('Live', { exact: true }).waitFor();
  fixture.advance(6);
  await page.getByText(`${before + 6} rows`).waitFor();
  fixture.advance(1000);
  await page
    .getByRole('row', { name: /check by worker-2/ })
    .last()
    .waitFor();
});

test('a one-time link pairs the browser and leaves no code in the address', async () => {
  const page = await open('/traces', (it) => it.setPaired(false));
  await page.getByRole('heading', { name: 'This browser is not paired yet' }).waitFor();
  await page.goto(`${fixture.url}/traces#pair=abc`);
  await page.getByRole('link', { name: /Release chores/ }).waitFor();
  expect(page.url()).toBe(`${fixture.url}/traces`);
});

test('without the server the shell still opens, at any address, and says that it is not live', async () => {
  const page = await open('/');
  await shellStored(page);
  await fixture.close();
  await page.goto(`${fixture.url}/agents`);
  await page.getByRole('heading', { name: 'This could not be loaded' }).waitFor();
  await page.getByText(/Reconnecting in|Offline/).waitFor();
});

test('a new version waits until it is asked for, and then takes over', async () => {
  const page = await open('/');
  await shellStored(page);
  await page.reload(); // the first page of all was not opened by the worker
  fixture.deploy();
  await page.evaluate(() => (globalThis as unknown as EventTarget).dispatchEvent(new Event('focus')));
  await page.getByText('There is a new version.').waitFor();
  const reloaded = page.waitForEvent('load');
  await page.getByRole('button', { name: 'Reload' }).click();
  await reloaded;
  await page.getByRole('heading', { name: 'Needs you' }).waitFor();
  expect(await page.getByText('There is a new version.').count()).toBe(0);
  expect(complaints).toEqual([]);
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
