// What can be done about a trace, in the built app over the real dashboard: each verb with its event, and the export as a file.
import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright';
import { expect } from 'vitest';
import { openRoom, test } from './browser-test.ts';
import type { Fixture } from './fixture.ts';
import { tellStory } from './stories.ts';

let fixture: Fixture;

const open = async (which: 'running' | 'failed', options = {}): Promise<Page> => {
  const room = await openRoom(tellStory(Date.now()), { viewport: { width: 1280, height: 800 }, ...options });
  fixture = room.fixture;
  const page = await room.context.newPage();
  await page.goto(await fixture.link(`/traces/${fixture.story.ids[which]}`));
  await page.getByRole('button', { name: 'More' }).last().waitFor();
  return page;
};

const recorded = async (which: 'running' | 'failed'): Promise<readonly { type: string; data: { note?: string } }[]> => {
  const answer = await fetch(`${fixture.url}/api/v1/traces/${fixture.story.ids[which]}`, {
    headers: { authorization: `Bearer ${fixture.token}` },
  });
  return ((await answer.json()) as { items: { type: string; data: { note?: string } }[] }).items;
};
const verbs = (page: Page) => page.getByRole('group', { name: 'What can be done' });

test('a running workflow is paused, resumed and, after a yes, cancelled', async () => {
  const page = await open('running');
  await verbs(page).getByRole('button', { name: 'Pause' }).click();
  await verbs(page).getByRole('button', { name: 'Resume' }).click();
  await verbs(page).getByRole('button', { name: 'Cancel…' }).click();
  await page.getByRole('button', { name: 'Not now' }).click();
  await verbs(page).getByRole('button', { name: 'Cancel…' }).click();
  await page.getByRole('button', { name: 'Cancel the workflow' }).click();
  await page.locator('hive-trace-header').getByText('Cancelled', { exact: true }).first().waitFor();
  // Nothing is left to do about it now but to look why.
  await expect
    .poll(() =>
      verbs(page)
        .getByRole('button', { name: /Pause|Resume|Cancel/ })
        .count(),
    )
    .toBe(0);
  await verbs(page).getByRole('button', { name: 'More' }).click();
  await page.getByText('It is cancelled already').first().waitFor();
  const types = (await recorded('running')).map(({ type }) => type);
  expect(types.filter((type) => /workflow\.(paused|resumed|cancelled)/.test(type))).toEqual([
    'workflow.paused',
    'workflow.resumed',
    'workflow.cancelled',
  ]);
});

test('on a phone the events are exported, what ended badly is retried with a note, and a missing right is said', async () => {
  const page = await open('failed', { viewport: { width: 390, height: 844 }, hasTouch: true });
  const all = await recorded('failed');
  await verbs(page).getByRole('button', { name: 'More' }).click();
  const coming = page.waitForEvent('download');
  await page.getByRole('menuitem', { name: 'Export the events (JSON lines)' }).click();
  const file = await coming;
  expect(file.suggestedFilename()).toMatch(/^hive-trace-[0-9a-f]{8}\.ndjson$/);
  const lines = (await readFile(await file.path(), 'utf8')).trimEnd().split('\n');
  expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual(all);
  await verbs(page).getByRole('button', { name: 'More' }).click();
  await page.getByRole('menuitem', { name: /^Pin/ }).click();
  await page.getByText('Pinned: on top of the list here').waitFor();
  await page.reload();
  await verbs(page).getByRole('button', { name: 'More' }).click();
  await page.getByRole('menuitem', { name: 'Unpin' }).waitFor();
  await page.keyboard.press('Escape');
  await verbs(page).getByRole('button', { name: 'Retry…' }).click();
  await page.getByLabel('A note for the authors').fill('the calendar is Gregorian');
  await page.getByRole('button', { name: 'Retry', exact: true }).click();
  await page.locator('hive-trace-header').getByText('Running', { exact: true }).first().waitFor();
  const redriven = (await recorded('failed')).filter(({ type }) => type === 'task.redriven');
  expect(new Set(redriven.map(({ data }) => data.note))).toEqual(new Set(['the calendar is Gregorian']));
  await page.route('**/api/v1/session', async (route) => {
    const answer = await route.fetch();
    await route.fulfill({ response: answer, json: { ...((await answer.json()) as object), may: ['read'] } });
  });
  await page.reload();
  await verbs(page).getByRole('button', { name: 'More' }).click();
  await page.getByText('This device does not have the right “stop”').first().waitFor();
  expect(await verbs(page).getByRole('button', { name: 'Cancel…' }).count()).toBe(0);
});
