// The log and the raw view of a trace in the built app: the filter of the page, what comes live, and hostile text as text.
import type { Page } from 'playwright';
import { expect } from 'vitest';
import { openRoom, test } from './browser-test.ts';
import type { Fixture } from './fixture.ts';
import { tellStory } from './stories.ts';

let fixture: Fixture;

const inTheLog = async (page: Page): Promise<void> => {
  await page.goto(await fixture.link(`/traces/${fixture.story.ids.running}?view=log&q=type%3Atask.claimed`));
  const lines = page.getByRole('list', { name: 'Events in log order' }).getByRole('listitem');
  await page.getByText(/hidden by the filter/).waitFor();
  const claims = await lines.count();
  for (const line of await lines.all()) expect(await line.textContent()).toContain('task.claimed');
  await page.getByRole('searchbox', { name: 'Filter the events' }).fill('');
  await expect.poll(() => lines.count()).toBeGreaterThan(claims);
  const before = await lines.count();
  await page.getByText('Live', { exact: true }).waitFor();
  await fixture.advance(4);
  await page.getByRole('button', { name: 'Jump to live (4 new)' }).click();
  await expect.poll(() => lines.count()).toBe(before + 4);
  await lines.first().getByRole('link').click();
  expect(new URL(page.url()).searchParams.get('sel')).not.toBeNull();
};

const asStored = async (page: Page): Promise<void> => {
  await page.goto(`${fixture.url}/traces/${fixture.story.ids.hostile}?view=raw`);
  await page.getByText('Event 1 of').waitFor();
  await page.getByText('workflow.submitted', { exact: true }).first().waitFor();
  expect(await page.locator('hive-raw-view img, hive-raw-view script').count()).toBe(0);
  await page.getByRole('link', { name: 'Newer' }).click();
  await page.getByText('Event 2 of').waitFor();
  await page.getByRole('button', { name: 'Copy data.step', exact: true }).waitFor();
};

test('the log shares the filter of the page and follows what comes; an event is shown as it is stored', async () => {
  const room = await openRoom(tellStory(Date.now()), { viewport: { width: 1280, height: 800 } });
  fixture = room.fixture;
  const page = await room.context.newPage();
  await inTheLog(page);
  await asStored(page);
});
