// Traces read without Hive, in a real browser.
import type { BrowserContext, Page } from 'playwright';
import { expect } from 'vitest';
import { openRoom, shellStored, test } from './browser-test.ts';
import type { Fixture } from './fixture.ts';
import { tellStory } from './stories.ts';

let fixture: Fixture;
let context: BrowserContext;

const open = async (path: string): Promise<Page> => {
  ({ fixture, context } = await openRoom(tellStory(Date.now()), { viewport: { width: 1280, height: 800 } }));
  const page = await context.newPage();
  await page.goto(await fixture.link(path));
  return page;
};

test('a trace that was opened once is read by its deep link when the server is gone, and says how old it is', async () => {
  const page = await open('/traces');
  const { failed, example } = fixture.story.ids;
  await page.getByRole('link', { name: /Fix the date parser/ }).click();
  await page.getByRole('heading', { name: /Fix the date parser/ }).waitFor();
  await shellStored(page);
  await page.reload();
  await page.getByRole('heading', { name: /Fix the date parser/ }).waitFor();
  await fixture.kill();
  await page.goto(`${fixture.url}/traces/${failed}`);
  await page.getByRole('heading', { name: /Fix the date parser/ }).waitFor();
  await page
    .getByText(/data as of/)
    .first()
    .waitFor();
  await page.goto(`${fixture.url}/traces`);
  await page.getByRole('link', { name: /Fix the date parser/ }).waitFor();
  expect(await page.getByRole('link', { name: /almanac/ }).count()).toBe(0);
  await page.goto(`${fixture.url}/traces/${example}`);
  await page.getByText(/could not be loaded/).waitFor();
});
