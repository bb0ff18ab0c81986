// The details of an event and the parts of a trace, in the built app over the real dashboard: what a model was asked and answered, what a check
// printed, why something failed, and the panel in all its sizes, at a desk and on a phone.
import type { Page } from 'playwright';
import { expect } from 'vitest';
import { openRoom, test } from './browser-test.ts';
import type { Fixture } from './fixture.ts';
import { isTooWide, violationsOf } from './look.ts';
import { tellStory } from './stories.ts';

let fixture: Fixture;

const desk = { viewport: { width: 1280, height: 800 } };
const phone = { viewport: { width: 390, height: 844 }, hasTouch: true };

const open = async (options: object, query = ''): Promise<Page> => {
  const room = await openRoom(tellStory(Date.now()), options);
  fixture = room.fixture;
  const page = await room.context.newPage();
  await page.goto(await fixture.link(`/traces/${fixture.story.ids.failed}${query}`));
  await page.locator('hive-trace-header h1').waitFor();
  return page;
};

const typed = (type: string): string => {
  const it = fixture.story.past.find(
    (event) => event.type === type && event.correlationId === fixture.story.ids.failed,
  );
  if (!it) throw new Error(`the story tells no ${type}`);
  return it.id;
};
const details = (page: Page) => page.getByRole('complementary', { name: 'Event' });
const select = async (page: Page, type: string): Promise<void> => {
  await page.goto(`${fixture.url}/traces/${fixture.story.ids.failed}?sel=${typed(type)}`);
  await details(page).getByRole('heading', { name: type }).waitFor();
};
/** The share of the window that the details cover. */
const heightOf = async (page: Page) => ((await details(page).boundingBox())?.height ?? 0) / 844;

test('a call shows what was asked and answered, a check what it printed, and each leads to what it is about', async () => {
  const page = await open(desk);
  await select(page, 'model.called');
  await page.getByText('What it was asked').click();
  await page
    .getByRole('region', { name: /as it was sent/ })
    .getByText('Task: ')
    .waitFor();
  await page.getByText('What it answered').click();
  await page.getByText('I refuse days that do not exist and build dates in UTC.').waitFor();
  await page.getByRole('list', { name: 'Tool calls' }).getByText('src/').first().waitFor();
  await page.getByRole('link', { name: 'The task' }).waitFor();

  await select(page, 'task.checked');
  await page
    .locator('hive-event-parts')
    .getByText(/^test before, with its tests: npm test, exit 1/)
    .click();
  await page.getByText('AssertionError: Missing expected exception.').waitFor();
  await page.getByRole('link', { name: 'All of its evidence' }).click();
  await page.locator('hive-evidence-panel').waitFor();
  expect(new URL(page.url()).searchParams.get('view')).toBe('evidence');
});

test('at a desk the details stand beside the picture and are as wide as one likes, also after a reload', async () => {
  const page = await open(desk);
  await page.getByRole('link', { name: 'first bad event' }).click();
  await details(page).waitFor();
  const [picture, panel] = await Promise.all([
    page.locator('hive-waterfall').boundingBox(),
    details(page).boundingBox(),
  ]);
  expect(panel?.x).toBeGreaterThanOrEqual((picture?.x ?? 0) + (picture?.width ?? 0));
  expect(panel?.y).toBeLessThan((picture?.y ?? 0) + 100);
  const grip = page.getByRole('separator', { name: 'Width of the details' });
  const before = Number(await grip.getAttribute('aria-valuenow'));
  await grip.focus();
  await page.keyboard.press('ArrowLeft');
  await expect.poll(() => grip.getAttribute('aria-valuenow')).toBe(String(before + 40));
  const box = await grip.boundingBox();
  if (!box) throw new Error('no grip');
  await page.mouse.move(box.x + box.width / 2, box.y + 60);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width / 2 - 100, box.y + 60, { steps: 4 });
  await page.mouse.up();
  await expect.poll(() => grip.getAttribute('aria-valuenow')).toBe(String(before + 140));
  await page.reload();
  await expect.poll(async () => Math.round((await details(page).boundingBox())?.width ?? 0)).toBe(before + 140);
});

test('Escape hides the details at once, and then makes room for the picture, which is drawn for it', async () => {
  const page = await open(desk);
  await page.getByRole('link', { name: 'first bad event' }).click();
  await details(page).waitFor();
  /** What is there when the hand is answered, before the next frame. */
  const answered = await page.evaluate<{ readonly shown: string; readonly moved: number }>(`(async () => {
    const trace = document.querySelector('hive-app').shadowRoot.querySelector('hive-trace-page');
    const within = (name) => trace.shadowRoot.querySelector(name);
    const before = within('hive-waterfall').clientWidth;
    within('hive-waterfall').dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape', bubbles: true, composed: true }));
    await trace.updateComplete;
    const shown = getComputedStyle(within('hive-event-details')).visibility;
    return { shown, moved: within('hive-waterfall').clientWidth - before };
  })()`);
  expect(answered).toEqual({ shown: 'hidden', moved: 0 });
  await details(page).waitFor({ state: 'detached' });
  const scroller = page.locator('hive-waterfall .scroller');
  const canvas = page.locator('hive-waterfall .scroller canvas');
  const ratio = await page.evaluate<number>('devicePixelRatio');
  await expect
    .poll(async () => Number(await canvas.getAttribute('width')) / ratio)
    .toBe(await scroller.evaluate(({ clientWidth }) => clientWidth));
});

test('on a phone the picture is in sight at once, and the details are a sheet of three heights that is drawn away', async () => {
  const page = await open(phone);
  await page.getByRole('treegrid').waitFor();
  const picture = await page.locator('hive-waterfall .frame').boundingBox();
  expect(picture?.y).toBeLessThan(844 / 2);
  await page.getByRole('link', { name: 'Info' }).click();
  await page.locator('hive-trace-info').getByText('Something worked').waitFor();
  await page.locator('hive-trace-info').getByText('/home/ada/src/calendar').waitFor();
  expect([...(await violationsOf(page)), ...(await isTooWide(page))]).toEqual([]);

  await select(page, 'model.called');
  const grip = page.getByRole('separator', { name: 'Height of the details' });
  await expect.poll(() => heightOf(page)).toBeCloseTo(0.62, 1);
  await grip.click();
  await expect.poll(() => heightOf(page)).toBeCloseTo(0.92, 1);
  await grip.focus();
  await page.keyboard.press('Home');
  await expect.poll(() => heightOf(page)).toBeCloseTo(0.3, 1);
  const draw = async (by: number) => {
    const box = await grip.boundingBox();
    if (!box) throw new Error('no grip');
    await page.mouse.move(195, box.y + 10);
    await page.mouse.down();
    await page.mouse.move(195, box.y + 10 + by, { steps: 4 });
    await page.mouse.up();
  };
  await draw(-240);
  await expect.poll(() => heightOf(page)).toBeCloseTo(0.62, 1);
  expect([...(await violationsOf(page)), ...(await isTooWide(page))]).toEqual([]);
  await draw(480);
  await details(page).waitFor({ state: 'detached' });
});

test('the errors that a trace counts are the lines that they open', async () => {
  const page = await open(desk);
  const counted = page.getByRole('link', { name: /^\d+ errors$/ });
  const n = Number.parseInt((await counted.textContent()) ?? '', 10);
  await counted.click();
  await expect.poll(() => page.locator('hive-log-view').getByRole('listitem').count()).toBe(n);
  expect(n).toBeGreaterThan(1);
});

test('a trace counts the errors that the list counts, and opens as many events', async () => {
  const page = await open(desk);
  const id = fixture.story.ids.failed;
  const here = page.locator('hive-trace-header').getByRole('link', { name: /^\d+ errors?$/ });
  const told = Number.parseInt(await here.innerText(), 10);
  await page.goto(`${fixture.url}/traces`);
  const line = page.locator(`hive-traces-page li[data-id="${id}"]`);
  await line.getByRole('link', { name: `${told} errors`, exact: true }).waitFor();
  await line.getByRole('link', { name: /^3 calls/ }).click();
  await page.waitForURL(/\/events\?type=model\.called/);
  await expect.poll(() => page.getByRole('listitem').filter({ hasText: 'model.called' }).count()).toBe(3);
  await page.goto(`${fixture.url}/traces`);
  await line.getByRole('link', { name: `${told} errors`, exact: true }).click();
  await page.waitForURL(/\/events\?type=task/);
  await expect.poll(() => page.getByRole('listitem').count()).toBe(told);
});
