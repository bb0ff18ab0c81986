// `npm run screenshots -w @hive/pwa [FOLDER]`: pictures of every screen of the built app, and the two of its manifest.
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { chromium, type Page } from 'playwright';
import { findChromium } from '@hive/tools/chromium';
import { startFixture } from './fixture.ts';
import { tellNothing, tellStory } from './stories.ts';

const pwa = join(import.meta.dirname, '..');
const folder = process.argv[2] ?? join(pwa, 'dist-screenshots');
const sizes = { desktop: { width: 1280, height: 800 }, phone: { width: 390, height: 844 } };
const schemes = ['light', 'dark'] as const;

await mkdir(folder, { recursive: true });
await mkdir(join(pwa, 'public/screenshots'), { recursive: true });
const fixture = await startFixture(tellStory(Date.now()));
const empty = await startFixture(tellNothing());
const unpaired = await startFixture(tellNothing());
unpaired.setPaired(false);
const browser = await chromium.launch(await findChromium());
const complaints: string[] = [];

const { ids } = fixture.story;
const shots: readonly {
  readonly name: string;
  readonly at: string;
  readonly full?: boolean;
  readonly act?: (page: Page) => Promise<void>;
}[] = [
  { name: 'home', at: `${fixture.url}/`, full: true },
  { name: 'home-empty', at: `${empty.url}/` },
  { name: 'traces', at: `${fixture.url}/traces` },
  { name: 'traces-filtered', at: `${fixture.url}/traces?q=status%3Afailed` },
  { name: 'trace-example', at: `${fixture.url}/traces/${ids.example}`, full: true },
  {
    name: 'trace-failed-open',
    at: `${fixture.url}/traces/${ids.failed}`,
    full: true,
    act: async (page) => {
      for (const summary of await page.locator('hive-task-list summary').all()) await summary.click();
    },
  },
  {
    name: 'trace-selected',
    at: `${fixture.url}/traces/${ids.failed}`,
    act: async (page) => {
      await page
        .getByRole('row', { name: /attempt_failed/ })
        .first()
        .click();
      await page.locator('hive-event-details').getByRole('heading').waitFor();
    },
  },
  { name: 'trace-running', at: `${fixture.url}/traces/${ids.running}`, full: true },
  { name: 'trace-hostile', at: `${fixture.url}/traces/${ids.hostile}` },
  { name: 'agents', at: `${fixture.url}/agents` },
  { name: 'pairing', at: `${unpaired.url}/` },
  { name: 'not-found', at: `${fixture.url}/nowhere` },
  { name: 'no-trace', at: `${fixture.url}/traces/0000` },
];

for (const [size, viewport] of Object.entries(sizes))
  for (const colorScheme of schemes) {
    const context = await browser.newContext({ viewport, colorScheme, hasTouch: size === 'phone' });
    for (const { name, at, full, act } of shots) {
      const page = await context.newPage();
      page.on(
        'console',
        (message) => message.type() === 'error' && complaints.push(`${name} ${size}: ${message.text()}`),
      );
      page.on('pageerror', (error) => complaints.push(`${name} ${size}: ${error.message}`));
      await page.goto(at);
      await page.locator('h1').first().waitFor();
      await page.locator('hive-skeleton').waitFor({ state: 'detached' });
      await act?.(page);
      await page.screenshot({ path: join(folder, `${name}-${size}-${colorScheme}.png`), fullPage: full ?? false });
      if (name === 'home' && size === 'phone' && colorScheme === 'light')
        await page.screenshot({ path: join(pwa, 'public/screenshots/narrow.png') });
      if (name === 'trace-example' && size === 'desktop' && colorScheme === 'light')
        await page.screenshot({ path: join(pwa, 'public/screenshots/wide.png') });
      await page.close();
    }
    await context.close();
  }

await browser.close();
await Promise.all([fixture, empty, unpaired].map((it) => it.close()));
for (const complaint of new Set(complaints)) console.error(complaint);
console.log(`Pictures in ${folder}`);
