// Texts that mean harm, on every screen of the built app: they are shown as what they are, and nothing else comes of them.
import { createDeskClient } from '@hive/events';
import type { Page } from 'playwright';
import { expect, vi } from 'vitest';
import { openRoom, test } from './browser-test.ts';
import { sprung, tellHostile } from './hostile-story.ts';
import { arrived, isTooWide, lookAs, looks } from './look.ts';
import { screensOf } from './screens.ts';

// Many screens in one test.
vi.setConfig({ testTimeout: 300_000 });

/** What stands in the page, open shadow roots included, that no text of somebody else may put there. */
const harmOf = (page: Page): Promise<readonly string[]> =>
  page.evaluate(
    `(() => {
      const found = [];
      if (globalThis.${sprung} !== undefined) found.push('a script ran');
      const unseen = /[\\u0000-\\u0008\\u000b-\\u001f\\u007f-\\u009f\\u200b-\\u200f\\u202a-\\u202e\\u2060-\\u206f\\ufeff]|[\\u{e0000}-\\u{e007f}]/u;
      const said = ['aria-label', 'title', 'placeholder', 'alt'];
      const look = (root) => {
        for (const node of root.querySelectorAll('*')) {
          if (/^(script|iframe|object|embed|base)$/.test(node.localName) && node.getRootNode() !== document) found.push('element ' + node.localName);
          if (node.localName === 'img' && !node.getAttribute('src').startsWith('/')) found.push('image ' + node.getAttribute('src'));
          for (const { name, value } of node.attributes) {
            if (/^on/.test(name)) found.push('handler ' + name);
            if (/^\\s*javascript:/i.test(value)) found.push('address ' + value.slice(0, 40));
            if (said.includes(name) && unseen.test(value)) found.push('unseen in ' + name + ' of ' + node.localName + ': ' + value.slice(0, 60));
          }
          for (const { nodeType, data } of node.childNodes)
            if (nodeType === 3 && node.localName !== 'style' && unseen.test(data)) found.push('unseen in ' + node.localName + ' of ' + (root.host?.localName ?? 'page') + ': ' + JSON.stringify(data.slice(0, 60)));
          if (node.shadowRoot) look(node.shadowRoot);
        }
      };
      look(document);
      if (unseen.test(document.title)) found.push('unseen in the title');
      return [...new Set(found)].slice(0, 8);
    })()`,
  );

/** A key is answered although there is much to show; it is pressed again until the page listens. */
const answers = async (page: Page): Promise<void> => {
  const keys = page.getByRole('dialog', { name: 'Keys' });
  const press = async () => {
    if ((await keys.count()) === 0) await page.keyboard.press('?'); // pressed twice it is closed again
    await keys.waitFor({ timeout: 2000 }).catch(() => undefined);
    return keys.count();
  };
  await expect.poll(press, { interval: 300 }).toBe(1);
  await page.keyboard.press('Escape');
  await keys.waitFor({ state: 'detached' });
};

/** Goes to an address as a link does. What was shown before stays until the new page is there, and is not to be taken for it. */
const goTo = async (page: Page, address: string): Promise<void> => {
  await page.evaluate(`(async () => {
    const shown = () => document.querySelector('hive-app').shadowRoot.querySelector('main > *');
    const before = { page: shown(), title: document.title, path: location.pathname };
    history.pushState(null, '', ${JSON.stringify(address)});
    dispatchEvent(new Event('popstate'));
    if (location.pathname === before.path) return;
    while (shown() === before.page && document.title === before.title) await new Promise(requestAnimationFrame);
    await new Promise(requestAnimationFrame);
  })()`);
};

/** Opens what is folded: what was printed, what led to a dead letter. */
const unfold = async (page: Page): Promise<void> => {
  const output = page.getByRole('button', { name: /npm test.*exit/ }).first();
  const region = page.getByRole('region', { name: /^Output of/ }).first();
  // What is there may still be of the event that was chosen before: its details go when those of the next one come.
  const isOpen = async () => {
    if ((await output.count()) === 0) return true;
    if ((await output.getAttribute('aria-expanded', { timeout: 1_000 })) === 'false')
      await output.click({ timeout: 1_000 });
    return (await output.count()) === 0 || (await region.isVisible());
  };
  await expect.poll(() => isOpen().catch(() => false), { timeout: 120_000 }).toBe(true);
  const folded = page.locator('details:not([open]) > summary:visible');
  // What is shown may change meanwhile: then there are fewer than were counted.
  const isUnfolded = async () => {
    if ((await folded.count()) === 0) return true;
    await folded.first().press('Enter', { timeout: 1_000 });
    return false;
  };
  await expect.poll(() => isUnfolded().catch(() => false), { timeout: 120_000, interval: 10 }).toBe(true);
  await arrived(page);
};

test('texts that mean harm are shown as text, on every screen', async () => {
  const { fixture, context } = await openRoom(tellHostile(Date.now()));
  const page = await context.newPage();
  await page.goto(await fixture.link('/'));
  await arrived(page);
  const desk = createDeskClient({ url: fixture.url, token: fixture.token });
  const wrong: Record<string, readonly string[]> = {};
  const see = async (name: string) => {
    const found = [...(await harmOf(page))];
    for (const look of looks.filter(({ scheme }) => scheme === 'light')) {
      await lookAs(page, look);
      found.push(...(await isTooWide(page)));
    }
    if (found.length > 0) wrong[name] = found;
    await answers(page);
  };
  const word = encodeURIComponent(`<img src=x onerror=${sprung}=1>\u202e`);
  const { items: tasks } = await desk.tasks({ limit: 10 });
  const chosen = fixture.story.past.filter(({ type }) => /attempt_failed|refused/.test(type));
  const addresses = [
    ...screensOf(fixture.story),
    ...tasks.map(({ id }) => `/tasks/${id}`),
    ...chosen.slice(0, 2).map(({ id }) => `/traces/${fixture.story.ids.failed}?sel=${id}`),
    ...chosen.slice(0, 1).map(({ id }) => `/events?sel=${id}`),
    `/traces?q=${word}`,
    `/events?q=${word}&type=${word}`,
    `/traces/${word}`,
    `/new?goal=${word}`,
  ];
  for (const address of new Set(addresses)) {
    // A task is loaded anew: what its page has folded away is then not that of the one before.
    if (address.startsWith('/tasks/')) await page.goto(fixture.url + address);
    else await goTo(page, address);
    await arrived(page);
    await unfold(page);
    await see(address);
  }
  expect(wrong).toEqual({});
});
