// How long a hand waits: from a key or a tap to the next frame that shows its effect, with the processor four times slower, as the browser itself
// counts it (Event Timing, https://www.w3.org/TR/event-timing/). `node apps/pwa/bench/interaction.ts` prints it.
import { loadavg } from 'node:os';
import { chromium, type Page } from 'playwright';
import { findChromium } from '@hive/tools/chromium';
import { startFixture, type Fixture } from '../testing/fixture.ts';
import { arrived, lookAs } from '../testing/look.ts';
import { tellEvening } from '../testing/stories.ts';
import { quantile, tellRow, type Row } from './rows.ts';

const rounds = 5;
const slower = 4;
const budgetMs = 100;

/** Something that a hand does on a page that has settled; what it is called is printed. */
type Flow = {
  readonly what: string;
  readonly path: (fixture: Fixture) => string;
  readonly size: 'phone' | 'desktop';
  readonly act: (page: Page) => Promise<void>;
};

const trace = ({ story }: Fixture) => `/traces/${story.ids.failed}`;
const press =
  (...keys: readonly string[]) =>
  async (page: Page) => {
    for (const key of keys) {
      await page.keyboard.press(key);
      await page.waitForTimeout(250);
    }
  };

const flows: readonly Flow[] = [
  {
    what: 'from place to place by tap',
    path: () => '/',
    size: 'phone',
    act: async (page) => {
      for (const name of ['Traces', 'Approvals', 'Home']) {
        await page.getByRole('navigation').getByRole('link', { name }).first().tap();
        await arrived(page);
      }
    },
  },
  {
    what: 'down a list and into it by key',
    path: () => '/traces',
    size: 'desktop',
    act: press('j', 'j', 'k', 'Enter'),
  },
  { what: 'within a trace by key', path: trace, size: 'desktop', act: press('j', 'j', 'j', 'Enter', 'Escape', 'k') },
  {
    what: 'from view to view of a trace by tap',
    path: trace,
    size: 'phone',
    act: async (page) => {
      for (const name of ['Log', 'Graph', 'Tasks']) {
        await page.getByRole('link', { name, exact: true }).first().tap();
        await page.waitForTimeout(400);
      }
    },
  },
  {
    what: 'typing into a filter',
    path: () => '/traces',
    size: 'desktop',
    act: async (page) => {
      await press('/')(page);
      await page.keyboard.type('date', { delay: 120 });
    },
  },
  { what: 'help and back by key', path: () => '/', size: 'desktop', act: press('?', 'Escape') },
  {
    what: 'writing a goal',
    path: () => '/new',
    size: 'phone',
    act: async (page) => {
      await page.getByRole('textbox').first().tap();
      await page.keyboard.type('Fix it', { delay: 120 });
    },
  },
];

/** Every interaction of a page with its longest part; those below the browser's threshold are counted as that. */
const watch = `
  globalThis.waits = [];
  new PerformanceObserver((list) => {
    for (const { interactionId, duration, name } of list.getEntries()) if (interactionId) waits.push([interactionId, duration, name]);
  }).observe({ type: 'event', durationThreshold: 16, buffered: true });
`;

const waitsOf = async (page: Page): Promise<readonly number[]> => {
  const all = await page.evaluate<readonly (readonly [number, number, string])[]>('waits');
  const longest = new Map<number, number>();
  for (const [id, ms] of all) longest.set(id, Math.max(longest.get(id) ?? 0, ms));
  return [...longest.values()];
};

/** Measures each flow. Needs the built app and a Chromium. */
export const measureInteraction = async (): Promise<readonly Row[]> => {
  const browser = await chromium.launch(await findChromium());
  const fixture = await startFixture(tellEvening(Date.now()));
  const rows: Row[] = [];
  try {
    for (const { what, path, size, act } of flows) {
      const waits: number[] = [];
      for (let round = 0; round < rounds; round += 1) {
        const context = await browser.newContext({ hasTouch: size === 'phone' });
        await context.addInitScript(watch);
        const page = await context.newPage();
        await lookAs(page, { size, scheme: 'light' });
        await page.goto(await fixture.link(path(fixture)));
        await arrived(page);
        await page.waitForTimeout(1_000); // what loads late is there
        await (await context.newCDPSession(page)).send('Emulation.setCPUThrottlingRate', { rate: slower });
        await act(page);
        await page.waitForTimeout(500); // entries are told with a delay
        waits.push(...(await waitsOf(page)));
        await context.close();
      }
      const [p50, p95] = [quantile(waits, 0.5), quantile(waits, 0.95)];
      rows.push({
        what: `${what}, ${size}, ${slower}x slower`,
        measured: `p50 ${p50} ms, p95 ${p95} ms, longest ${Math.max(...waits)} ms of ${waits.length} (load ${loadavg()[0]?.toFixed(1)})`,
        budget: `p95 <= ${budgetMs} ms`,
        holds: p95 <= budgetMs,
      });
    }
    return rows;
  } finally {
    await fixture.close();
    await browser.close();
  }
};

if (import.meta.main) for (const row of await measureInteraction()) console.log(tellRow(row));
