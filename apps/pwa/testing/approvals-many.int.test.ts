// Several decisions in one go, in the built app over the real dashboard: with Hive in reach, when one has changed, and without Hive.
import { expect } from 'vitest';
import { createDeskClient } from '@hive/events';
import { openRoom, shellStored, test } from './browser-test.ts';
import { tellInbox } from './inbox-story.ts';
import { arrived, isTooWide, violationsOf } from './look.ts';

test('several requests are decided in one go, each by itself: one that somebody else decided is refused and said', async () => {
  const { fixture, context } = await openRoom(tellInbox(Date.now()), { viewport: { width: 1280, height: 800 } });
  const desk = createDeskClient({ url: fixture.url, token: fixture.token });
  const page = await context.newPage();
  await page.goto(await fixture.link('/approvals'));
  await arrived(page);
  const choices = page.getByRole('checkbox', { name: /^Choose Merge/ });
  await choices.nth(2).waitFor();
  const open = (await desk.approvals()).items;
  for (const at of [0, 1, 2]) await choices.nth(at).check();
  expect([...(await violationsOf(page)), ...(await isTooWide(page))]).toEqual([]);
  const name = (await choices.nth(1).getAttribute('aria-label')) ?? '';
  const other = open.find(({ action }) => `Choose ${action}` === name);
  if (!other) throw new Error('not one that waits');
  // Somebody else is faster, and this page has not heard of it yet.
  await page.getByRole('button', { name: 'Approve 3', exact: true }).click();
  await page.locator('hive-ask').getByText(other.action).waitFor();
  await desk.decide(other.id, { decision: 'deny', actionHash: other.actionHash, reason: 'not this', by: 'ada' });
  await page.getByRole('button', { name: 'Approve 3 requests' }).click();
  const outcomes = page.getByRole('list', { name: 'What came of each' }).getByRole('listitem');
  await expect
    .poll(() =>
      outcomes.allInnerTexts().then((texts) => texts.map((text) => /: (approved|not recorded)/.exec(text)?.[1])),
    )
    .toEqual(['approved', 'not recorded', 'approved']);
  const states = (await desk.approvals({ state: 'all', limit: 50 })).items.map(({ state }) => state).toSorted();
  expect(states).toEqual(['approved', 'approved', 'denied', 'open', 'open']);

  await shellStored(page);
  await page.getByRole('button', { name: 'Dismiss' }).first().click();
  // What was just decided leaves the list when the page hears of it; whoever chose it again would be refused.
  await expect.poll(() => choices.count()).toBe(2);
  await context.setOffline(true);
  for (const at of [0, 1]) await choices.nth(at).check();
  await page.getByRole('button', { name: 'Deny 2', exact: true }).click();
  await page.getByLabel(/^Why: a denial/).fill('after the release');
  await page.getByRole('button', { name: 'Deny 2 requests' }).click();
  await expect.poll(() => outcomes.filter({ hasText: 'will be sent when Hive answers' }).count()).toBe(2);
  await context.setOffline(false);
  await expect.poll(async () => (await desk.approvals()).items.length).toBe(0);
});
