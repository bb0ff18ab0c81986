// How soon a trace of 10,000 and more events is complete on the screen, and how it scrolls, with the built app on the real server.
// `node apps/pwa/bench/trace.ts [EVENTS …]` prints it; sizes that are not named are left out.
import { execFile } from 'node:child_process';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { chromium, type Browser, type Page } from 'playwright';
import { findChromium } from '@hive/tools/chromium';
import { startFixture, type Fixture } from '../testing/fixture.ts';
import { fillLongTrace } from '../testing/long-trace.ts';
import { tellNothing } from '../testing/stories.ts';
import { median, quantile, tellRow, type Row } from './rows.ts';

type Budget = { readonly events: number; readonly desktopMs: number; readonly phoneMs: number | null };

const budgets: readonly Budget[] = [
  { events: 10_000, desktopMs: 150, phoneMs: 600 },
  { events: 100_000, desktopMs: 400, phoneMs: null },
  { events: 1_000_000, desktopMs: 3000, phoneMs: null },
];
const rounds = 5;
/** What is recorded in the open trace while it is scrolled. */
const livePerSecond = 200;
const run = promisify(execFile);
const publisher = join(import.meta.dirname, '../testing/publish.ts');

/** What the page says of itself: when the first rows were painted, when all were, the processor time of its thread, and the heap. */
type Painted = { readonly first: number; readonly whole: number; readonly cpu: number; readonly heapMb: number };

/** The part of a page's globals that is used here; this side of the wire has no DOM. */
type Room = typeof globalThis & {
  document: { querySelector(name: string): Element | null };
  requestAnimationFrame(act: (ms: number) => void): number;
  frames: number[];
};
type Element = {
  readonly shadowRoot: Element;
  querySelector(name: string): Element | null;
  readonly scrollHeight: number;
  scrollTop: number;
  readonly updateComplete: Promise<unknown>;
  readonly isWhole?: boolean;
  readonly store?: { readonly rows: number };
};

/** Goes to the trace as a click on a link does, and waits for the frame after the first rows and after all of them. */
const openTrace = async (page: Page, path: string, events: number): Promise<Painted> => {
  const cdp = await page.context().newCDPSession(page);
  await cdp.send('Performance.enable', { timeDomain: 'threadTicks' });
  const metric = async (name: string) =>
    (await cdp.send('Performance.getMetrics')).metrics.find((it) => it.name === name)?.value ?? NaN;
  const before = await metric('TaskDuration');
  const times = await page.evaluate(
    async ([to, wanted]) => {
      const room = globalThis as unknown as Room & {
        history: { pushState(a: null, b: string, c: string): void };
        dispatchEvent(event: Event): void;
      };
      const painted = () =>
        new Promise<void>((resolve) => {
          const channel = new MessageChannel();
          channel.port1.addEventListener('message', () => resolve());
          channel.port1.start();
          room.requestAnimationFrame(() => channel.port2.postMessage(null));
        });
      const began = performance.now();
      room.history.pushState(null, '', to);
      room.dispatchEvent(new Event('hive-address'));
      room.dispatchEvent(new Event('popstate'));
      const waterfall = () =>
        room.document
          .querySelector('hive-app')
          ?.shadowRoot.querySelector('hive-trace-page')
          ?.shadowRoot.querySelector('hive-waterfall') ?? null;
      let first = 0;
      for (;;) {
        await painted();
        const it = waterfall();
        if (it?.store && it.store.rows > 0 && first === 0) first = performance.now() - began;
        if (it?.isWhole && (it.store?.rows ?? 0) >= wanted) {
          await painted();
          return { first, whole: performance.now() - began };
        }
        if (performance.now() - began > 120_000)
          throw new Error(`after two minutes ${it?.store?.rows ?? 0} rows are there`);
      }
    },
    [path, events] as const,
  );
  const cpu = ((await metric('TaskDuration')) - before) * 1000;
  const heapMb = (await metric('JSHeapUsedSize')) / 1e6;
  await cdp.detach();
  return { ...times, cpu, heapMb };
};

/** Waits until so many rows are drawn, half a minute at most; answers how many are. */
const waitForRows = async (page: Page, rows: number): Promise<{ readonly events: number }> => {
  const count = () =>
    page.evaluate(
      () =>
        (globalThis as unknown as Room).document
          .querySelector('hive-app')
          ?.shadowRoot.querySelector('hive-trace-page')
          ?.shadowRoot.querySelector('hive-waterfall')?.store?.rows ?? 0,
    );
  const deadline = Date.now() + 30_000;
  let events = await count();
  while (events < rows && Date.now() < deadline) {
    await page.waitForTimeout(20);
    events = await count();
  }
  return { events };
};

/** Scrolls for two seconds from the top, and answers how long each frame took. */
const scrollFrames = (page: Page): Promise<number[]> =>
  page.evaluate(async () => {
    const room = globalThis as unknown as Room;
    const scroller = room.document
      .querySelector('hive-app')
      ?.shadowRoot.querySelector('hive-trace-page')
      ?.shadowRoot.querySelector('hive-waterfall')
      ?.shadowRoot.querySelector('.scroller');
    if (!scroller) return [];
    const frames: number[] = [];
    let last = performance.now();
    const step = scroller.scrollHeight / 120;
    for (let n = 0; n < 120; n += 1) {
      scroller.scrollTop += n % 3 === 0 ? step : 240;
      await new Promise<void>((resolve) => room.requestAnimationFrame(() => resolve()));
      const now = performance.now();
      frames.push(now - last);
      last = now;
    }
    return frames;
  });

const openHome = async (browser: Browser, fixture: Fixture, phone: boolean): Promise<Page> => {
  const context = await browser.newContext(
    phone ? { viewport: { width: 390, height: 844 }, hasTouch: true } : { viewport: { width: 1280, height: 800 } },
  );
  const page = await context.newPage();
  await page.goto(await fixture.link('/'));
  await page.getByText('Live', { exact: true }).first().waitFor({ state: 'attached' });
  if (phone) await (await context.newCDPSession(page)).send('Emulation.setCPUThrottlingRate', { rate: 4 });
  return page;
};

const ms = (value: number) => `${Math.round(value)} ms`;

const measureOpening = async (
  browser: Browser,
  place: { readonly fixture: Fixture; readonly path: string; readonly events: number },
  { phone, budgetMs, live }: { readonly phone: boolean; readonly budgetMs: number; readonly live: boolean },
): Promise<readonly Row[]> => {
  const { fixture, path, events } = place;
  const painted: Painted[] = [];
  const rows: Row[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const page = await openHome(browser, fixture, phone);
    painted.push(await openTrace(page, path, events));
    if (live && round === rounds - 1) {
      const publishing = run(
        process.execPath,
        [publisher, fixture.home, String(livePerSecond * 4), String(livePerSecond), path.slice(8)],
        {
          maxBuffer: 100_000_000,
        },
      );
      await waitForRows(page, events + 1);
      const frames = await scrollFrames(page);
      const { events: told } = await publishing.then(() => waitForRows(page, events + livePerSecond * 4));
      const [p50, p95] = [quantile(frames, 0.5), quantile(frames, 0.95)];
      rows.push({
        what: `scroll frames of ${events} events while ${livePerSecond} a second come`,
        measured: `${told === events + livePerSecond * 4 ? '' : `${told} EVENTS SHOWN, `}p50 ${p50.toFixed(1)}, p95 ${p95.toFixed(1)}, longest ${Math.max(...frames).toFixed(1)} ms`,
        budget: 'p95 <= 25 ms',
        holds: p95 <= 25,
      });
    }
    await page.context().close();
  }
  const of = (what: keyof Painted) => median(painted.map((it) => it[what]));
  const wanted = events <= 10_000 ? of('whole') : of('first');
  const profile = phone ? 'at 4x slower CPU, 390x844' : 'desktop';
  rows.unshift({
    what: `${events} events, click to ${events <= 10_000 ? 'complete' : 'first'} paint, ${profile}`,
    measured: `${ms(wanted)} (first rows ${ms(of('first'))}, all ${ms(of('whole'))}, processor ${ms(of('cpu'))} of the page's thread, heap ${of('heapMb').toFixed(0)} MB; load ${loadavg()[0]?.toFixed(1)})`,
    budget: `<= ${budgetMs} ms`,
    holds: wanted <= budgetMs,
  });
  return rows;
};

/** Measures traces of these lengths. Needs the built app and a Chromium. `found` is told each row as it comes. */
export const measureTrace = async (
  sizes: readonly number[] = budgets.map(({ events }) => events),
  found: (row: Row) => void = () => undefined,
): Promise<readonly Row[]> => {
  const browser = await chromium.launch(await findChromium());
  const rows: Row[] = [];
  try {
    for (const { events, desktopMs, phoneMs } of budgets) {
      if (!sizes.includes(events)) continue;
      const fixture = await startFixture(tellNothing());
      try {
        const path = `/traces/${await fillLongTrace(fixture.home, { events, now: Date.now() })}`;
        const place = { fixture, path, events };
        const add = (more: readonly Row[]) => more.forEach((row) => (rows.push(row), found(row)));
        add(await measureOpening(browser, place, { phone: false, budgetMs: desktopMs, live: true }));
        if (phoneMs !== null)
          add(await measureOpening(browser, place, { phone: true, budgetMs: phoneMs, live: false }));
      } finally {
        await fixture.close();
      }
    }
    return rows;
  } finally {
    await browser.close();
  }
};

if (import.meta.main) {
  const asked = process.argv.slice(2).map(Number).filter(Number.isFinite);
  await measureTrace(asked.length > 0 ? asked : undefined, (row) => console.log(tellRow(row)));
}
