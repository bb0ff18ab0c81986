// What opens over a screen, in all four ways to look at it: axe has nothing against it, it fits, and the focus is within.
import type { Page } from 'playwright';
import { expect } from 'vitest';
import { openRoom, test } from './browser-test.ts';
import { arrived, isTooWide, lookAs, looks, violationsOf } from './look.ts';
import { tellStory, type Story } from './stories.ts';

type Over = {
  readonly name: string;
  readonly at: (story: Story) => string;
  /** Opens it; answers when it is there. */
  readonly open: (page: Page) => Promise<void>;
  /** A menu and a sheet are no dialogs: Escape and the focus are theirs. */
  readonly isDialog: boolean;
  readonly only?: 'phone' | 'desktop';
};

const heading = (page: Page, name: string | RegExp) =>
  page.getByRole('dialog').getByRole('heading', { name }).first().waitFor();
const verb = (page: Page, name: string) =>
  page.getByRole('group', { name: 'What can be done' }).getByRole('button', { name }).click();
const asks = (name: string, at: Over['at'], open: (page: Page) => Promise<unknown>, is: string | RegExp): Over => ({
  ...{ name, at, isDialog: true },
  open: async (page) => {
    await open(page);
    await heading(page, is);
  },
});

const overs: readonly Over[] = [
  asks(
    'keys',
    () => '/',
    (page) => page.keyboard.press('?'),
    /keys/i,
  ),
  {
    ...asks(
      'more',
      () => '/',
      (page) => page.getByRole('button', { name: 'More' }).last().click(),
      'More',
    ),
    only: 'phone',
  },
  {
    ...asks(
      'pause all',
      () => '/',
      (page) => page.getByRole('button', { name: 'Pause all' }).first().click(),
      /Pause/,
    ),
    only: 'desktop',
  },
  asks(
    'cancel',
    ({ ids }) => `/traces/${ids.running}`,
    (page) => verb(page, 'Cancel…'),
    'Cancel this workflow?',
  ),
  asks(
    'retry',
    ({ ids }) => `/traces/${ids.failed}`,
    (page) => verb(page, 'Retry…'),
    'Retry what ended badly?',
  ),
  {
    ...{ name: 'menu', at: ({ ids }) => `/traces/${ids.failed}`, isDialog: false },
    open: async (page) => {
      await verb(page, 'More');
      await page.getByRole('menuitem').first().waitFor();
    },
  },
  {
    ...{ name: 'details', at: ({ ids }) => `/traces/${ids.failed}`, isDialog: false },
    open: async (page) => {
      await page.getByRole('treegrid').waitFor();
      await page.keyboard.press('e');
      await page.keyboard.press('Enter');
      await page.locator('hive-event-parts').getByRole('heading').first().waitFor();
    },
  },
  asks(
    'rename',
    () => '/settings',
    (page) =>
      page
        .getByRole('button', { name: /^Rename/ })
        .first()
        .click(),
    /^Rename/,
  ),
  asks(
    'log out',
    () => '/settings',
    (page) => page.getByRole('button', { name: 'Log out here' }).click(),
    'Log out here',
  ),
  asks(
    'new token',
    () => '/settings',
    (page) => page.getByRole('button', { name: /may look/ }).click(),
    'New token',
  ),
];

test('what opens over a screen breaks no rule of accessibility, fits and keeps the focus', async () => {
  const story = tellStory(Date.now());
  const { fixture, context } = await openRoom(story);
  const page = await context.newPage();
  await page.goto(await fixture.link('/'));
  await arrived(page);
  const wrong: Record<string, readonly string[]> = {};
  for (const look of looks) {
    await lookAs(page, look);
    for (const { name, at, open, isDialog, only } of overs) {
      if (only !== undefined && only !== look.size) continue;
      await page.goto(fixture.url + at(story));
      await arrived(page);
      await open(page);
      const found = [...(await violationsOf(page)), ...(await isTooWide(page))];
      if (isDialog) {
        const isWithin = await page.evaluate<boolean>(`(() => {
          let it = document.activeElement;
          while (it?.shadowRoot?.activeElement) it = it.shadowRoot.activeElement;
          for (; it; it = it.assignedSlot ?? it.parentNode ?? it.host) if (it.localName === 'dialog') return true;
          return false;
        })()`);
        if (!isWithin) found.push('the focus is not within');
        await page.keyboard.press('Escape');
        await page.getByRole('dialog').waitFor({ state: 'detached' });
      }
      if (found.length > 0) wrong[`${name} ${look.size} ${look.scheme}`] = found;
    }
  }
  expect(wrong).toEqual({});
});
