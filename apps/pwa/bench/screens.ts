// Every screen in all four ways, filled, empty and without Hive: what axe has against it, whether it is wider than its window, and what of it jumps.
// `node apps/pwa/bench/screens.ts [filled|empty|without] [desktop|phone] [light|dark]` prints each finding of all of it, or of a part. `npm test` looks at each screen in one of the ways.
import { chromium, type Browser, type Page } from 'playwright';
import { findChromium } from '@hive/tools/chromium';
import { startFixture } from '../testing/fixture.ts';
import { arrived, isTooWide, lookAs, looks, shiftsOf, violationsOf, watchShifts, type Look } from '../testing/look.ts';
import { screensOf } from '../testing/screens.ts';
import { tellEvening, tellNothing, type Story } from '../testing/stories.ts';
import { tellRow, type Row } from './rows.ts';

/** In which state of the world screens are looked at. */
type World = { readonly name: string; readonly story: Story; readonly isAway: boolean };

type Found = (finding: string) => void;

/** Looks at every screen of a world in one way; answers how many screens and how many findings there were. */
const walk = async (browser: Browser, { name, story, isAway }: World, look: Look, found: Found) => {
  const fixture = await startFixture(story);
  const context = await browser.newContext();
  let findings = 0;
  try {
    await context.addInitScript(watchShifts);
    const page = await context.newPage();
    await lookAs(page, look);
    await page.goto(await fixture.link('/'));
    await arrived(page);
    const addresses = screensOf(story);
    for (const address of addresses) {
      const wrong = isAway ? await without(page, address, fixture) : await withHive(page, fixture.url + address);
      findings += wrong.length;
      for (const it of wrong) found(`${name}, ${look.size} ${look.scheme}, ${address}: ${it}`);
    }
    return { screens: addresses.length, findings };
  } finally {
    await context.close();
    await fixture.close();
  }
};

/** A cold load. */
const withHive = async (page: Page, url: string): Promise<readonly string[]> => {
  await page.goto(url);
  await arrived(page);
  return [...(await violationsOf(page)), ...(await isTooWide(page)), ...(await shiftsOf(page))];
};

/** What a page shows when its requests fail; reached from within, as somebody does who has the app open. */
const without = async (
  page: Page,
  address: string,
  fixture: { kill(): Promise<void>; start(): Promise<void> },
): Promise<readonly string[]> => {
  await fixture.kill();
  try {
    await page.evaluate(
      `history.pushState(null, '', ${JSON.stringify(address)}); dispatchEvent(new Event('popstate'))`,
    );
    await arrived(page);
    return [...(await violationsOf(page)), ...(await isTooWide(page))];
  } finally {
    await fixture.start();
  }
};

/** Looks at everything, or at what all of the words in `only` name. Needs the built app and a Chromium. */
export const measureScreens = async (
  found: Found = console.log,
  only: readonly string[] = [],
): Promise<readonly Row[]> => {
  const browser = await chromium.launch(await findChromium());
  const now = Date.now();
  const worlds: readonly World[] = [
    { name: 'filled', story: tellEvening(now), isAway: false },
    { name: 'empty', story: tellNothing(), isAway: false },
    { name: 'without Hive', story: tellEvening(now), isAway: true },
  ];
  const rows: Row[] = [];
  try {
    for (const world of worlds)
      for (const look of looks) {
        const names = [...world.name.split(' '), look.size, look.scheme];
        if (!only.every((word) => names.includes(word))) continue;
        const { screens, findings } = await walk(browser, world, look, found);
        rows.push({
          what: `${screens} screens, ${world.name}, ${look.size} ${look.scheme}`,
          measured: `${findings} findings`,
          budget: '0',
          holds: findings === 0,
        });
      }
    return rows;
  } finally {
    await browser.close();
  }
};

if (import.meta.main)
  for (const row of await measureScreens(console.log, process.argv.slice(2))) console.log(tellRow(row));
