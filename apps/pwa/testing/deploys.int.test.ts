// What cannot be taken back, in the built app over the real dashboard: agreed to by the person whom it names, who types the branch that it ends on.
import { expect } from 'vitest';
import { createDeskClient } from '@hive/events';
import { openRoom, test } from './browser-test.ts';
import { tellDeploy } from './deploy-story.ts';
import { arrived, isTooWide, violationsOf } from './look.ts';

test('a merge into a branch that is deployed from needs its name typed, by the one who may, with Hive in reach', async () => {
  const { fixture, context } = await openRoom(tellDeploy(Date.now(), 'ada'), {
    viewport: { width: 390, height: 844 },
    hasTouch: true,
  });
  const desk = createDeskClient({ url: fixture.url, token: fixture.token });
  const stateNow = async () => (await desk.approvals({ state: 'all', limit: 10 })).items.map(({ state }) => state);
  const page = await context.newPage();
  await page.goto(await fixture.link('/approvals', 'bob'));
  await arrived(page);
  const field = page.getByLabel('Type production to approve it');
  await field.waitFor();
  expect([...(await violationsOf(page)), ...(await isTooWide(page))]).toEqual([]);

  // Neither nothing nor something else goes out; the field says what it wants, and has the focus.
  const asked: string[] = [];
  page.on('request', (request) => request.url().endsWith('/decide') && asked.push(request.url()));
  const approve = page.getByRole('button', { name: 'Approve once' });
  for (const typed of ['', 'hive/release']) {
    await field.fill(typed);
    await approve.click();
    await expect.poll(() => field.getAttribute('aria-invalid')).toBe('true');
    await expect.poll(() => page.locator('hive-decision input:focus').count()).toBe(1);
  }
  expect(asked).toEqual([]);

  // Typed by somebody else it is refused, with the name of whom it waits for.
  await field.fill('production');
  await approve.click();
  await page.getByText(/Not recorded: .*only ada may agree/).waitFor();
  expect(await stateNow()).toEqual(['open']);
  await page.getByRole('button', { name: 'Dismiss' }).first().click();

  // Without Hive it is neither sent nor kept to be sent later.
  await fixture.kill();
  await page.getByText('decided online only').waitFor();
  expect(await approve.isDisabled()).toBe(true);
  await fixture.start();

  const other = await context.browser()?.newContext({ viewport: { width: 1280, height: 800 } });
  if (!other) throw new Error('no browser');
  try {
    const named = await other.newPage();
    await named.goto(await fixture.link('/approvals', 'ada'));
    await named.getByLabel('Type production to approve it').fill('production');
    await named.getByRole('button', { name: 'Approve once' }).click();
    await named.getByText(/Recorded at/).waitFor();
    expect(await desk.approvals({ state: 'all', limit: 10 })).toMatchObject({
      items: [{ state: 'approved', decidedBy: 'human/ada' }],
    });
  } finally {
    await other.close();
  }
});
