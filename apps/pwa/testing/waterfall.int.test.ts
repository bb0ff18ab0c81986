// The waterfall of a trace in the built app: its picture, its twin for those who do not see it, its keys, and what its address restores.
import type { Page } from 'playwright';
import { expect } from 'vitest';
import { openRoom, test } from './browser-test.ts';
import type { Fixture } from './fixture.ts';
import { tellStory } from './stories.ts';

const patience = { timeout: 60_000 };
let fixture: Fixture;

const open = async (which: 'failed' | 'running' | 'hostile', options = {}): Promise<Page> => {
  const room = await openRoom(tellStory(Date.now()), { viewport: { width: 1280, height: 800 }, ...options });
  fixture = room.fixture;
  const page = await room.context.newPage();
  await page.goto(await fixture.link(`/traces/${fixture.story.ids[which]}`));
  await page.getByRole('treegrid').waitFor();
  return page;
};
const asked = (page: Page, name: string) => new URL(page.url()).searchParams.get(name);

/** How many colours the canvas shows. */
const colours = (page: Page): Promise<number> =>
  page.locator('.scroller canvas').evaluate((element) => {
    const canvas = element as unknown as {
      width: number;
      height: number;
      getContext(kind: '2d'): { getImageData(x: number, y: number, w: number, h: number): { data: Uint8ClampedArray } };
    };
    const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
    return new Set(new Uint32Array(data.buffer)).size;
  });

test('a trace is a picture, and a tree that can be read', async () => {
  const page = await open('failed');
  await expect.poll(() => colours(page), patience).toBeGreaterThan(20);
  await page.keyboard.press('x');
  await expect.poll(() => page.getByRole('row').count(), patience).toBeLessThan(30);
  expect(await page.getByRole('treegrid').ariaSnapshot()).toMatchSnapshot();
});

test('everything is reached by keys, and the address restores it', async () => {
  const page = await open('failed');
  await page.keyboard.press('e');
  await page.keyboard.press('Enter');
  await page.getByRole('complementary', { name: 'Event' }).waitFor();
  const chosen = asked(page, 'sel');
  expect(chosen).not.toBeNull();
  await page.keyboard.press('+');
  await expect.poll(() => asked(page, 't'), patience).toMatch(/^\d+,\d+$/);
  await page.keyboard.press('/');
  await page.keyboard.type('status:failed');
  await page.getByText(/ of 55 fit/).waitFor();
  await page.reload();
  await page.getByText(/ of 55 fit/).waitFor();
  await page.getByRole('complementary', { name: 'Event' }).waitFor();
  expect([asked(page, 'sel'), asked(page, 'q')]).toEqual([chosen, 'status:failed']);
  await page.getByRole('row', { selected: true }).focus();
  await page.keyboard.press('Escape');
  await page.getByRole('complementary', { name: 'Event' }).waitFor({ state: 'detached' });
  await page.keyboard.press('f');
  await expect.poll(() => asked(page, 't'), patience).toBeNull();
  await page.keyboard.press('n');
  await page.locator('hive-minimap').waitFor({ state: 'hidden' });
  await page.getByRole('link', { name: 'Tree' }).and(page.locator('[aria-current=page]')).waitFor();
  await page.getByRole('link', { name: 'Waterfall' }).click();
  await page.locator('hive-minimap').waitFor();
  await page.keyboard.press('t');
  await expect.poll(() => asked(page, 'view'), patience).toBe('graph');
});

test('what comes live is counted until it is followed, and hostile words are words', async () => {
  const page = await open('running', { viewport: { width: 390, height: 844 }, hasTouch: true });
  await page.getByText('Live', { exact: true }).first().waitFor({ state: 'attached' });
  await fixture.advance(3);
  await page.getByRole('button', { name: 'Jump to live (3 new)' }).click();
  await page.getByRole('button', { name: 'Following' }).waitFor();
  expect(await page.getByText(/Jump to live/).count()).toBe(0);
  await page.goto(`${fixture.url}/traces/${fixture.story.ids.hostile}`);
  await page
    .getByRole('row', { name: /<img src=x onerror=alert\(1\)> \\u\{7\} sorted/ })
    .first()
    .waitFor({ state: 'attached' });
});

/** Puts fingers of a real touch screen on the picture and moves them, all at the height of its middle. */
const fingers = async (page: Page, ...places: readonly (readonly number[])[]): Promise<void> => {
  const box = await page.locator('.scroller canvas').boundingBox();
  if (!box) throw new Error('there is no picture');
  const screen = await page.context().newCDPSession(page);
  const send = (type: 'touchStart' | 'touchMove' | 'touchEnd', at: readonly number[]) =>
    screen.send('Input.dispatchTouchEvent', {
      type,
      touchPoints: at.map((x, id) => ({ id, x: box.x + x, y: box.y + box.height / 2 })),
    });
  for (const [i, at] of places.entries()) await send(i === 0 ? 'touchStart' : 'touchMove', at);
  await send('touchEnd', []);
  await screen.detach();
};

test('two fingers zoom the picture about their middle, and the page stays as large as it is', async () => {
  const page = await open('failed', { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });
  const seen = (): number[] => asked(page, 't')?.split(',').map(Number) ?? [];
  const width = () => (seen()[1] ?? NaN) - (seen()[0] ?? NaN);
  await fingers(page, [180, 220], [160, 240], [120, 280], [80, 320]);
  await expect.poll(width, patience).toBeGreaterThan(0);
  const apart = width();
  await fingers(page, [80, 320], [120, 280], [160, 240]);
  await expect.poll(width, patience).toBeGreaterThan(apart * 1.5);
  expect(await page.evaluate('visualViewport.scale')).toBe(1);
});
