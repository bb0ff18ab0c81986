import axe, { type AxeResults, type RunOptions } from 'axe-core';
import type { Page } from 'playwright';

/** A window and a scheme of colours in which a screen is looked at. */
export type Look = { readonly size: keyof typeof sizes; readonly scheme: 'light' | 'dark' };

const sizes = { desktop: { width: 1280, height: 800 }, phone: { width: 390, height: 844 } } as const;

/** All four. */
export const looks: readonly [Look, ...Look[]] = (['desktop', 'phone'] as const).flatMap((size) =>
  (['light', 'dark'] as const).map((scheme) => ({ size, scheme })),
) as [Look, ...Look[]]; // two of two

/** Also what axe leaves out unless it is asked for. */
const options: RunOptions = {
  resultTypes: ['violations'],
  rules: { 'target-size': { enabled: true } },
  // There is nothing to preload: styles are constructed, media there are none.
  preload: false,
};

/** Changes the window and the colours of an open page; it is the same page, so nothing is loaded anew. */
export const lookAs = async (page: Page, { size, scheme }: Look): Promise<void> => {
  await page.setViewportSize(sizes[size]);
  await page.emulateMedia({ colorScheme: scheme });
};

/** What axe has against the page as it is now: the rule, and the first places where it is broken. */
export const violationsOf = async (page: Page): Promise<readonly string[]> => {
  await page.evaluate(`if (globalThis.axe === undefined) { ${axe.source} }`);
  const { violations } = await page.evaluate(
    (options) => (globalThis as unknown as { axe: { run(options: RunOptions): Promise<AxeResults> } }).axe.run(options),
    options,
  );
  return violations.flatMap(({ id, nodes }) =>
    nodes
      .slice(0, 4)
      .map(({ target, failureSummary = '' }) => `${id}: ${target.flat().join(' ')}: ${failureSummary.slice(0, 200)}`),
  );
};

/** By how much the page is wider than its window, if it is, and what of it reaches out farthest. */
export const isTooWide = async (page: Page): Promise<readonly string[]> => {
  const wider = await page.evaluate<string | null>(`(() => {
    const { scrollWidth, clientWidth } = document.documentElement;
    if (scrollWidth <= clientWidth) return null;
    const out = [];
    const look = (root, above) => {
      for (const node of root.querySelectorAll('*')) {
        const { right } = node.getBoundingClientRect();
        const name = above + ' ' + node.localName + (node.className ? '.' + node.className : '');
        if (right > clientWidth && right <= scrollWidth + 1) out.push([Math.round(right), name]);
        if (node.shadowRoot) look(node.shadowRoot, above + ' ' + node.localName);
      }
    };
    look(document.body, '');
    const names = out.sort(([a], [b]) => b - a).slice(0, 6).map(([right, name]) => name.trim() + ' to ' + right);
    return (scrollWidth - clientWidth) + ' px wider than the window: ' + names.join('; ');
  })()`);
  return wider === null ? [] : [wider];
};

/** Waits for the page behind the frame: a heading, and nothing in sight that says that it loads. */
export const arrived = async (page: Page): Promise<void> => {
  await page.locator('h1').first().waitFor({ timeout: 60_000 });
  // What is folded away loads when it is opened.
  await page.getByRole('status', { name: 'Loading' }).first().waitFor({ state: 'detached', timeout: 60_000 });
};

/**
 * Waits until a page has also fetched what it fetches by itself once it is shown. A server that goes away before is a reason for the page to load
 * anew when it is back, since a browser does not ask again for a module that it did not get.
 */
export const fetchedAll = async (page: Page): Promise<void> => {
  await page.waitForFunction(
    () => {
      const assets = performance.getEntriesByType('resource').filter(({ name }) => name.includes('/assets/'));
      const isQuiet = assets.every(({ startTime, duration }) => performance.now() - startTime - duration > 1000);
      return isQuiet && assets.some(({ name }) => name.includes('/work-queue-')); // the last of it
    },
    undefined,
    { polling: 100 },
  );
};

/** For `addInitScript`: every page adds up what of it jumps, and says what it was. */
export const watchShifts = `
  globalThis.shifts = [];
  const nameOf = (node) => {
    const names = [];
    for (let at = node; at; at = at.parentNode ?? at.host) if (at.localName) names.unshift(at.localName);
    return names.slice(-3).join(' ');
  };
  new PerformanceObserver((list) => {
    for (const { hadRecentInput, value, sources } of list.getEntries())
      if (!hadRecentInput)
        shifts.push(
          value.toFixed(4) + ': ' + sources.map(({ node, previousRect: a, currentRect: b }) =>
            nameOf(node) + ' from ' + [a.x, a.y, a.width, a.height].map(Math.round) + ' to ' + [b.x, b.y, b.width, b.height].map(Math.round)).join('; '),
        );
  }).observe({ type: 'layout-shift', buffered: true });
`;

/** How much of the window may move by how much of it while a page settles: less than a box of a graph that is laid out again. */
const mostShift = 0.003;

/** What has jumped since the page was loaded, if it was more than a page may. */
export const shiftsOf = async (page: Page): Promise<readonly string[]> => {
  const shifts = await page.evaluate<readonly string[]>('shifts');
  const total = shifts.reduce((sum, shift) => sum + Number.parseFloat(shift), 0);
  return total > mostShift ? shifts.map((shift) => `layout shift ${shift}`) : [];
};
