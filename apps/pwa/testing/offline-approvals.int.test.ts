// Decisions in a real browser over the real dashboard: with Hive in reach, without it, and when what was shown has changed.
import type { BrowserContext, Page } from 'playwright';
import { expect } from 'vitest';
import { createDeskClient, type Desk } from '@hive/events';
import { openRoom, shellStored, test } from './browser-test.ts';
import type { Fixture } from './fixture.ts';
import { tellStory } from './stories.ts';

let fixture: Fixture;
let context: BrowserContext;
let desk: Desk;

const open = async (path: string): Promise<Page> => {
  ({ fixture, context } = await openRoom(tellStory(Date.now()), {
    viewport: { width: 390, height: 844 },
    hasTouch: true,
  }));
  desk = createDeskClient({ url: fixture.url, token: fixture.token });
  const page = await context.newPage();
  await page.goto(await fixture.link(path));
  return page;
};

/** Loads once more, so that the worker answers for the shell. */
const stored = async (page: Page): Promise<void> => {
  await shellStored(page);
  await page.reload();
};

const decided = async (id: string): Promise<number> =>
  (await desk.events({ types: ['approval.decided'], limit: 500 })).items.filter(
    (event) => event.type === 'approval.decided' && event.data.approvalId === id,
  ).length;

const theOne = async () => {
  const [one] = (await desk.approvals()).items;
  if (!one) throw new Error('the story asks nobody');
  return one;
};

test('what is decided on the phone is recorded with the device, in one tap, also when the first request is lost', async () => {
  const page = await open('/approvals');
  const { id } = await theOne();
  await page.getByText('A model, in its own words').waitFor();
  await page.getByRole('button', { name: 'Deny' }).click();
  await page.getByText('Say why').waitFor();
  expect(await decided(id)).toBe(0);
  await shellStored(page); // what is sent when a page begins has been sent
  await page.evaluate('delete ServiceWorkerRegistration.prototype.sync'); // as in browsers that send nothing by themselves
  let lost = 0;
  await context.route('**/decide', (route) => ((lost += 1), route.abort('connectionreset')), { times: 1 });
  await page.getByRole('button', { name: 'Approve once' }).click();
  await page.getByText(/Recorded at/).waitFor();
  expect([lost, await decided(id)]).toEqual([1, 1]);
  expect(await desk.approval(id)).toMatchObject({
    state: 'approved',
    decidedOn: expect.stringMatching(/^[0-9a-f]{12}$/) as string,
  });
});

test('what is decided without Hive waits, survives a reload, and is sent once by however many tabs', async () => {
  const page = await open('/approvals');
  const { id } = await theOne();
  await page.getByRole('button', { name: 'Approve once' }).waitFor();
  await stored(page);
  await page.getByRole('button', { name: 'Approve once' }).waitFor();
  await fixture.kill();
  await page.goto(`${fixture.url}/approvals/${id}`);
  await page.getByText(/Offline, data as of/).waitFor();
  await page.getByRole('button', { name: 'Approve once' }).click();
  await page.getByText('It will be sent when you are online.').waitFor();
  await page.reload();
  await page.getByText(/1 decision will be sent/).waitFor();
  const others = await Promise.all([1, 2].map(() => context.newPage()));
  await Promise.all(others.map((other) => other.goto(`${fixture.url}/approvals`)));
  await fixture.start();
  await page.getByText(/Recorded at/).waitFor();
  await Promise.all(others.map((other) => other.evaluate("dispatchEvent(new Event('online'))")));
  expect(await decided(id)).toBe(1);
});

test('a queued answer is refused when somebody else gave the other one, and the screen says who', async () => {
  const page = await open('/approvals');
  const { id, actionHash } = await theOne();
  await page.getByRole('button', { name: 'Approve once' }).waitFor();
  await context.setOffline(true);
  await page.getByRole('button', { name: 'Approve once' }).click();
  await page.getByText(/Queued here/).waitFor();
  await desk.decide(id, { decision: 'deny', actionHash, reason: 'not this', by: 'ada' });
  await context.setOffline(false);
  await page
    .getByText(/Denied by human\/ada/)
    .first()
    .waitFor();
  expect(await decided(id)).toBe(1);
});
