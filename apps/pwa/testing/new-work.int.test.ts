// Work that is handed in from the built app to the real dashboard and a real repository: with Hive in reach, and without it.
import { join } from 'node:path';
import type { BrowserContext, Page } from 'playwright';
import { expect } from 'vitest';
import { createDeskClient, type Desk } from '@hive/events';
import { openRoom, shellStored, test } from './browser-test.ts';
import type { Fixture } from './fixture.ts';
import { tellNothing } from './stories.ts';
import { makeRepo } from './test-repo.ts';

let fixture: Fixture;
let context: BrowserContext;
let desk: Desk;
let repo: string;

const open = async (path: string): Promise<Page> => {
  ({ fixture, context } = await openRoom(tellNothing(), { viewport: { width: 1280, height: 800 } }));
  desk = createDeskClient({ url: fixture.url, token: fixture.token });
  repo = makeRepo(join(fixture.home, '../repo'));
  const page = await context.newPage();
  await page.goto(await fixture.link(path));
  return page;
};

test('an empty Home runs the example, and shows its trace', async () => {
  const page = await open('/');
  await page.getByRole('button', { name: 'Run the example' }).click();
  await page.waitForURL(/\/traces\/[0-9a-f-]{36}$/);
  await page.getByRole('heading', { name: 'Example: almanac' }).waitFor();
  expect((await desk.workflows()).items).toMatchObject([{ goal: 'Example: almanac', example: true }]);
});

test('what would be run is shown, what is wrong stands at its field, and what is handed in without Hive is sent once', async () => {
  const page = await open('/new');
  await page.getByLabel('What is to be done').fill('Say two');
  await page.getByLabel('Repository').fill(join(repo, 'missing'));
  await page.getByText('It could not be looked at').waitFor();
  await page.getByLabel('Repository').fill(repo);
  await page.getByText('npm test').waitFor();
  await page.getByText('More: branches, model, schedule').click();
  await page.getByLabel('Begin from').fill('nowhere');
  await page.reload();
  await expect.poll(() => page.getByLabel('What is to be done').inputValue()).toBe('Say two');
  await page.getByRole('button', { name: 'Hand it in' }).click();
  const base = page.getByLabel('Begin from');
  await expect.poll(() => base.getAttribute('aria-invalid')).toBe('true');
  await page
    .getByText(/has no commit named nowhere/)
    .first()
    .waitFor();
  await base.fill('');
  await page.getByLabel('Model', { exact: true }).fill('ollama:m');
  await page.getByLabel('At a moment').check();
  await page.getByLabel('At', { exact: true }).fill('2040-01-31T22:00');
  await page.getByRole('button', { name: 'Hand it in later' }).click();
  await page.getByText(/Handed in for later/).waitFor();
  expect((await desk.schedules()).items).toMatchObject([{ goal: 'Say two', repo }]);
  expect(await page.getByLabel('What is to be done').inputValue()).toBe('');
  const later = page.getByRole('region', { name: 'Handed in later' });
  await later.getByText('Once, at 31 Jan 2040, 22:00').waitFor();
  await later.getByRole('button', { name: 'Remove Say two' }).click();
  await page.getByRole('button', { name: 'Remove it' }).click();
  await later.getByText('Nothing is scheduled.').waitFor();
  expect((await desk.schedules()).items).toEqual([]);

  await shellStored(page);
  await page.getByLabel('Again and again').check();
  await page.getByLabel('Model', { exact: true }).fill('ollama:m');
  await page.getByLabel(/Minute, hour/).fill('0 22 * * *');
  await fixture.kill();
  await page.getByLabel('What is to be done').fill('Say three');
  await page.getByRole('button', { name: 'Hand it in later' }).click();
  await page.getByText('It will be sent when Hive answers.').waitFor();
  await page.reload();
  await page.getByText('Say three').waitFor();
  await fixture.start();
  await page.getByText('Say three').waitFor({ state: 'detached', timeout: 60_000 });
  expect((await desk.schedules()).items.map(({ goal }) => goal)).toEqual(['Say three']);
});
