// Every screen of the built app as people with other eyes, hands and devices have it: short here, whole in `npm run screenshots`.
import type { Page } from 'playwright';
import { expect, vi } from 'vitest';
import { openRoom, test } from './browser-test.ts';
import { arrived, isTooWide, lookAs, looks, shiftsOf, violationsOf, watchShifts } from './look.ts';
import { screensOf } from './screens.ts';
import { tellEvening, tellNothing, type Story } from './stories.ts';

// Many loads in one test.
vi.setConfig({ testTimeout: 300_000 });

/** What is wrong with each screen, under its address; nothing where nothing is. Each is looked at in another of the four ways. */
const walk = async (
  story: Story,
  { go, jumps }: { go: (page: Page, address: string) => Promise<unknown>; jumps: typeof shiftsOf },
) => {
  const { fixture, context } = await openRoom(story);
  await context.addInitScript(watchShifts);
  const page = await context.newPage();
  await page.goto(await fixture.link('/'));
  await arrived(page);
  const wrong: Record<string, readonly string[]> = {};
  for (const [index, address] of screensOf(story).entries()) {
    const look = looks[index % looks.length] ?? looks[0];
    await lookAs(page, look);
    await go(page, fixture.url + address);
    await arrived(page);
    const found = [...(await violationsOf(page)), ...(await isTooWide(page)), ...(await jumps(page))];
    if (found.length > 0) wrong[`${address} ${look.size} ${look.scheme}`] = found;
  }
  return wrong;
};

test('no screen breaks a rule of accessibility, is wider than its window, or jumps while it loads', async () => {
  expect(await walk(tellEvening(Date.now()), { go: (page, address) => page.goto(address), jumps: shiftsOf })).toEqual(
    {},
  );
});

test('nor does one on which there is nothing yet', async () => {
  const within = (page: Page, address: string) =>
    page.evaluate(`history.pushState(null, '', ${JSON.stringify(address)}); dispatchEvent(new Event('popstate'))`);
  // Whoever goes to another page expects it to look otherwise, so nothing jumps here.
  expect(await walk(tellNothing(), { go: within, jumps: () => Promise.resolve([]) })).toEqual({});
});
