// How soon a stored trace is on the screen when its link is opened and the server is gone. `node apps/pwa/bench/offline.ts` prints it.
import { loadavg } from 'node:os';
import { chromium, type Page } from 'playwright';
import { findChromium } from '@hive/tools/chromium';
import { startFixture } from '../testing/fixture.ts';
import { tellEvening } from '../testing/stories.ts';
import { median, tellRow, type Row } from './rows.ts';

const rounds = 5;
const budgetMs = 300;

/** From the start of the navigation to the frame in which the goal of the trace stands; asked of the page, so that no wire is in between. */
const watch = `
  globalThis.shown = new Promise((resolve) => {
    const look = () => {
      const goal = document.querySelector('hive-app')?.shadowRoot?.querySelector('hive-trace-page')?.shadowRoot?.querySelector('hive-waterfall');
      if (goal) requestAnimationFrame(() => setTimeout(() => resolve(performance.now())));
      else requestAnimationFrame(look);
    };
    look();
  });
`;

const shownAt = (page: Page): Promise<number> => page.evaluate<number>('shown');

/** Opens a trace with Hive, ends Hive, and opens it again. Needs the built app and a Chromium. */
export const measureOffline = async (): Promise<readonly Row[]> => {
  const browser = await chromium.launch(await findChromium());
  const fixture = await startFixture(tellEvening(Date.now()));
  try {
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
    await context.addInitScript(watch);
    const page = await context.newPage();
    const path = `/traces/${fixture.story.ids.failed}`;
    await page.goto(await fixture.link(path));
    await shownAt(page);
    await page.evaluate('navigator.serviceWorker.ready');
    await page.reload();
    await shownAt(page);
    await page.waitForTimeout(3000); // what is stored is stored when there is time for it
    await fixture.kill();
    const times: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      await page.goto(fixture.url + path);
      times.push(await shownAt(page));
    }
    const ms = Math.round(median(times));
    return [
      {
        what: 'a stored trace by its link, without a server',
        measured: `${ms} ms, longest ${Math.round(Math.max(...times))} ms of ${rounds} (load ${loadavg()[0]?.toFixed(1)})`,
        budget: `<= ${budgetMs} ms`,
        holds: ms <= budgetMs,
      },
    ];
  } finally {
    await browser.close();
    await fixture.close();
  }
};

if (import.meta.main) for (const row of await measureOffline()) console.log(tellRow(row));
