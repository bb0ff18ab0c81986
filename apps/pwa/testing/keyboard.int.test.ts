// Every flow of the built app by keyboard alone: what is gone to is seen, the focus is never lost, and a dialog keeps it and gives it back.
import { join } from 'node:path';
import type { Page } from 'playwright';
import { expect, vi } from 'vitest';
import { createDeskClient, type Desk } from '@hive/events';
import { openRoom, test } from './browser-test.ts';
import { tellInbox } from './inbox-story.ts';
import { violationsOf } from './look.ts';
import { makeRepo } from './test-repo.ts';

// One long sitting.
vi.setConfig({ testTimeout: 300_000 });

type At = { readonly name: string; readonly role: string; readonly isSeen: boolean; readonly inDialog: boolean };

/** Where the focus is: what it is called, and whether that is marked. The parts of a moment are marked one by one by the browser. */
const at = (page: Page): Promise<At> =>
  page.evaluate(`(() => {
    let it = document.activeElement;
    const hosts = [];
    while (it?.shadowRoot?.activeElement) { hosts.push(it.localName); it = it.shadowRoot.activeElement; }
    const isMarked = (of) => {
      const { outlineStyle, outlineWidth } = getComputedStyle(it, of);
      return outlineStyle !== 'none' && parseFloat(outlineWidth) >= 2;
    };
    const words = it.getAttribute('aria-label') ?? (it.labels?.[0] ?? it).textContent;
    return {
      name: words.trim().replace(/\\s+/g, ' ').slice(0, 120),
      role: it.getAttribute('role') ?? it.localName,
      isSeen: it.localName === 'h1' || it.localName === 'main' || isMarked(null) || isMarked('::after') || /^(time|datetime-local)\$/.test(it.type),
      inDialog: it.closest('dialog') !== null || hosts.some((host) => host === 'hive-dialog') || it.closest('hive-dialog') !== null,
    };
  })()`);

/** Presses Tab until something of this name has the focus. Everything on the way has to be seen. */
const reach = async (page: Page, name: RegExp, most = 120): Promise<At> => {
  const passed: string[] = [];
  for (let step = 0; step < most; step += 1) {
    const now = await at(page);
    if (now.role !== 'body' && !now.isSeen) throw new Error(`not seen where the focus is: ${now.role} ${now.name}`);
    if (name.test(now.name) && now.role !== 'h1' && now.role !== 'body') return now;
    passed.push(now.name.slice(0, 24));
    await page.keyboard.press('Tab');
  }
  throw new Error(`${String(name)} was not reached by Tab; passed ${passed.join(' | ')}`);
};
const press = async (page: Page, name: RegExp): Promise<void> => {
  await reach(page, name);
  await page.keyboard.press('Enter');
};
/** The focus is somewhere. */
const held = (page: Page, where = /./) =>
  expect
    .poll(
      async () => {
        const { role, name } = await at(page);
        return role === 'body' ? 'lost' : where.test(name) ? 'held' : name;
      },
      { timeout: 60_000 },
    )
    .toBe('held');
/** A dialog has the focus, and Tab stays in it. */
const trapped = async (page: Page): Promise<void> => {
  await expect.poll(async () => (await at(page)).inDialog).toBe(true);
  expect(await violationsOf(page)).toEqual([]);
  for (let step = 0; step < 6; step += 1) {
    await page.keyboard.press('Tab');
    const now = await at(page);
    // Between the last and the first stands the browser's own window, which a page sees as its body.
    if (now.role !== 'body') expect(now, 'within the dialog').toMatchObject({ inDialog: true, isSeen: true });
  }
};
const heading = (page: Page, name: RegExp | string) => page.getByRole('heading', { name, level: 1 }).waitFor();
const go = async (page: Page, key: string, name: RegExp | string): Promise<void> => {
  // Without waiting for the page in between: on a busy machine two keys that are pressed one after the other come too far apart.
  await Promise.all([page.keyboard.press('g'), page.keyboard.press(key)]);
  await heading(page, name);
  await held(page);
};
const types = async (desk: Desk, wanted: readonly string[]) =>
  (await desk.events({ types: wanted, limit: 500 })).items.map(({ type }) => type);

const enter = async () => {
  const { fixture, context } = await openRoom(tellInbox(Date.now()), { viewport: { width: 1280, height: 800 } });
  const page = await context.newPage();
  await page.goto(await fixture.link('/'));
  await page.getByRole('heading', { name: 'Needs you' }).waitFor();
  const keys = page.getByRole('dialog', { name: 'Keys' });
  await expect.poll(async () => (await page.keyboard.press('?'), keys.count()), { interval: 500 }).toBe(1);
  await trapped(page);
  await page.keyboard.press('Escape');
  await keys.waitFor({ state: 'detached' });
  await held(page, /^Home$/);
  return { fixture, context, page, desk: createDeskClient({ url: fixture.url, token: fixture.token }) };
};

test('a trace is opened, walked, looked at in every way, retried and cancelled by keyboard alone', async () => {
  const { page, desk, fixture } = await enter();
  await go(page, 't', 'Traces');
  await press(page, /^Fix the date parser/);
  await heading(page, /Fix the date parser/);
  await held(page, /Fix the date parser/);
  for (const view of ['Tasks', 'Graph', 'Changes', 'Log', 'Raw', 'Waterfall']) {
    await press(page, new RegExp(`^${view}$`));
    await page.getByRole('region', { name: view, exact: true }).waitFor();
    await held(page);
  }
  await reach(page, /^(Events|Rows|Steps).*|treegrid/i).catch(() => undefined);
  await page.keyboard.press('j');
  await page.keyboard.press('e');
  await page.keyboard.press('Enter');
  await page.getByRole('complementary', { name: 'Event' }).waitFor();
  await held(page);
  await page.keyboard.press('Escape');
  await page.getByRole('complementary', { name: 'Event' }).waitFor({ state: 'detached' });
  await held(page);
  await press(page, /^Retry…$/);
  await trapped(page);
  await reach(page, /note/i);
  await page.keyboard.type('the calendar is Gregorian');
  await press(page, /^Retry$/);
  await expect.poll(() => types(desk, ['task.redriven'])).not.toEqual([]);
  await held(page);

  await go(page, 't', 'Traces');
  await press(page, /^Move the store to streams/);
  await heading(page, /Move the store/);
  await press(page, /^Cancel…$/);
  await trapped(page);
  await page.keyboard.press('Escape');
  await held(page, /^Cancel…$/);
  await page.keyboard.press('Enter');
  await press(page, /^Cancel the workflow$/);
  await expect.poll(() => types(desk, ['workflow.cancelled'])).toEqual(['workflow.cancelled']);
  await held(page);
  expect(fixture.story.ids.running).not.toBe('');
});

test('it is decided, returned with a note, handed in, stopped, resumed and revoked by keyboard alone', async () => {
  const { page, desk, fixture, context } = await enter();
  await go(page, 'a', /Merge/);
  await press(page, /^Approve once$/);
  await page.getByText(/Recorded at/).waitFor();
  await held(page);
  await press(page, /^Next$/);
  await held(page);
  await reach(page, /^Note; a denial needs one/);
  await page.keyboard.type('keep it until 3.0');
  await press(page, /^Deny$/);
  await expect.poll(() => types(desk, ['approval.decided'])).toHaveLength(2);
  await held(page);

  const waiting = (await desk.tasks({ limit: 100 })).items.findLast(({ status }) => status === 'waiting');
  await page.goto(`${fixture.url}/tasks/${waiting?.id ?? ''}`);
  await page.getByRole('button', { name: 'Return with this note' }).waitFor();
  await reach(page, /^A note to the author/);
  await page.keyboard.type('leave an alias');
  await press(page, /^Return with this note$/);
  await expect.poll(() => types(desk, ['task.returned'])).toEqual(['task.returned']);
  await held(page);

  const repo = makeRepo(join(fixture.home, '../repo'));
  // The cursor stands in the note, where letters are letters.
  await press(page, /^Traces/);
  await heading(page, 'Traces');
  await held(page);
  await press(page, /^New workflow$/);
  await heading(page, 'New workflow');
  await held(page);
  await reach(page, /^What is to be done/);
  await page.keyboard.type('Say two');
  await reach(page, /^Repository/);
  await page.keyboard.type(repo);
  await press(page, /^More: /);
  await reach(page, /^Model/);
  await page.keyboard.type('ollama:m');
  await reach(page, /^Now$/);
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowDown');
  await reach(page, /^Minute, hour/);
  await page.keyboard.type('0 22 * * *');
  await press(page, /^Hand it in later$/);
  await expect.poll(async () => (await desk.schedules()).items.map(({ goal }) => goal)).toEqual(['Say two']);
  await held(page);

  await press(page, /^Pause all$/);
  await trapped(page);
  await press(page, /^Pause all$/);
  await expect.poll(() => types(desk, ['system.paused'])).toEqual(['system.paused']);
  await held(page);
  await page.getByRole('button', { name: 'Resume', exact: true }).first().waitFor();
  await press(page, /^Resume$/);
  await expect.poll(() => types(desk, ['system.resumed'])).toEqual(['system.resumed']);
  await held(page);

  const other = await context.browser()?.newContext();
  const elsewhere = await other?.newPage();
  await elsewhere?.goto(await fixture.link('/'));
  await elsewhere?.getByRole('heading', { name: 'Needs you' }).waitFor();
  await go(page, 's', 'Settings');
  await press(page, /^Revoke/);
  await trapped(page);
  await press(page, /^Revoke$/);
  await expect.poll(async () => (await desk.devices()).length).toBe(1);
  await held(page);
  await other?.close();
});
