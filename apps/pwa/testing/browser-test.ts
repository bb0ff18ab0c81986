import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { chromium, type Browser, type BrowserContext, type BrowserContextOptions, type Page } from 'playwright';
import { afterAll, beforeAll, expect, onTestFinished, test as base, vi } from 'vitest';
import { findChromium } from '@hive/tools/chromium';
import { startFixture, type Fixture } from './fixture.ts';
import type { Story } from './stories.ts';

// A browser on a busy machine takes its time.
vi.setConfig({ testTimeout: 300_000, hookTimeout: 120_000 });

/** The built control room. */
export const dist = join(import.meta.dirname, '../dist');

const chrome = await findChromium();
const built = existsSync(join(dist, 'index.html'));
const missing = built ? (chrome.executablePath ? null : 'no Chromium') : 'not built: npm run build -w @hive/pwa';
if (missing !== null && process.env['CI']) throw new Error(`tests of the control room cannot run: ${missing}`);
if (missing !== null) process.stderr.write(`tests of the control room skipped: ${missing}\n`);

/** A test of the built app; skipped, with the reason printed, where there is no browser or no build. */
export const test = base.skipIf(missing !== null);

let browser: Browser;
beforeAll(async () => {
  if (missing === null) browser = await chromium.launch(chrome);
});
afterAll(async () => browser?.close());

/**
 * A server that shows a story, and a browser without any history; both are closed when the test ends. The test fails when a page has said
 * anything against the policy, or an error was caught by nobody.
 */
export const openRoom = async (
  story: Story,
  options: BrowserContextOptions = {},
): Promise<{ readonly fixture: Fixture; readonly context: BrowserContext }> => {
  const fixture = await startFixture(story);
  const context = await browser.newContext(options);
  context.setDefaultTimeout(60_000);
  const complaints = complaintsOf(context);
  onTestFinished(async () => {
    await context.close();
    await fixture.close();
    expect(complaints, 'against the policy, or caught by nobody').toEqual([]);
  });
  return { fixture, context };
};

/** Resolves when the shell is stored and a worker answers for it. */
export const shellStored = (page: Page): Promise<void> =>
  page.evaluate(async () => {
    const { serviceWorker } = (globalThis as unknown as { navigator: { serviceWorker: { ready: Promise<unknown> } } })
      .navigator;
    await serviceWorker.ready;
  });

/** What the pages of a browser say against the policy, and the errors that nobody caught, from now on. */
const complaintsOf = (context: BrowserContext): readonly string[] => {
  const complaints: string[] = [];
  context.on(
    'console',
    (message) => /violates|Trusted|Refused to/.test(message.text()) && complaints.push(message.text()),
  );
  context.on('weberror', (error) => complaints.push(error.error().message));
  return complaints;
};
