// Lighthouse on every screen, with its mobile settings: `node bench/lighthouse.ts [ROUNDS [PATH]]`. Blocking time is told twice: as Lighthouse has it, by
// the clock, which needs a machine that does nothing else, and by the processor time of the same tasks, which does not.
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import lighthouse from 'lighthouse';
import { chromium, type BrowserContext } from 'playwright';
import { findChromium } from '@hive/tools/chromium';
import { createDeskClient } from '@hive/events';
import { startFixture, type Fixture } from '../testing/fixture.ts';
import { tellStory } from '../testing/stories.ts';
import { median, tellRow, type Row } from './rows.ts';

const categories = ['performance', 'accessibility', 'best-practices'] as const;
const metrics = [
  'first-contentful-paint',
  'largest-contentful-paint',
  'total-blocking-time',
  'cumulative-layout-shift',
];

/** Least points; Home is held to more. */
const least = (path: string) => ({
  performance: path === '/' ? 98 : 95,
  accessibility: 100,
  'best-practices': 100,
});

type Scores = Readonly<Record<(typeof categories)[number], number>> & {
  readonly speed: number;
  /** First and largest paint, blocking time (ms) and layout shift, as Lighthouse estimates them. */
  readonly paint: readonly number[];
  /** The blocking time by processor time, four times as slow as here, in ms. */
  readonly blocking: number;
  readonly failed: readonly string[];
};

const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });

type TraceEvent = {
  readonly name: string;
  readonly ph: string;
  readonly pid: number;
  readonly tid: number;
  readonly ts: number;
  readonly dur?: number;
  readonly tdur?: number;
  readonly args: { readonly data?: { readonly documentLoaderURL?: string } };
};

const slowdown = 4;
const blockingMs = 50;

/** What of the page's tasks after the first paint is above what a task may take, counted in processor time and slowed down. */
const blockingOf = (events: readonly TraceEvent[], url: string): number => {
  const start = events.findLast(({ name, args }) => name === 'navigationStart' && args.data?.documentLoaderURL === url);
  if (!start) return NaN;
  const own = events.filter(({ pid, tid, ts }) => pid === start.pid && tid === start.tid && ts >= start.ts);
  const paint = own.find(({ name }) => name === 'firstContentfulPaint')?.ts ?? start.ts;
  const tasks = own.filter(({ name, ph, ts, dur = 0 }) => ph === 'X' && /RunTask$/.test(name) && ts + dur > paint);
  return tasks.reduce((sum, { tdur = 0 }) => sum + Math.max(0, (slowdown * tdur) / 1000 - blockingMs), 0);
};

/** A first visit by a browser that is paired: nothing of the shell is stored, neither by its worker nor by the browser. */
const visitOnce = async (context: BrowserContext, origin: string): Promise<void> => {
  const page = await context.newPage();
  const cdp = await context.newCDPSession(page);
  await cdp.send('Storage.clearDataForOrigin', { origin, storageTypes: 'service_workers,cache_storage' });
  await cdp.send('Network.clearBrowserCache');
  await page.close();
};

const audit = async (context: BrowserContext, port: number, url: string): Promise<Scores> => {
  await visitOnce(context, new URL(url).origin);
  const result = await lighthouse(url, {
    port,
    disableStorageReset: true,
    onlyCategories: [...categories],
    logLevel: 'error',
  });
  if (!result) throw new Error(`Lighthouse says nothing about ${url}`);
  const { lhr, artifacts } = result;
  if (lhr.runtimeError) throw new Error(`${url}: ${lhr.runtimeError.message}`);
  const score = (name: (typeof categories)[number]) => Math.round((lhr.categories[name]?.score ?? 0) * 100);
  return {
    performance: score('performance'),
    accessibility: score('accessibility'),
    'best-practices': score('best-practices'),
    speed: lhr.environment.benchmarkIndex,
    blocking: blockingOf(artifacts.Trace.traceEvents, url),
    paint: metrics.map((id) => lhr.audits[id]?.numericValue ?? NaN),
    failed: ['accessibility', 'best-practices'].flatMap((name) =>
      (lhr.categories[name]?.auditRefs ?? [])
        .filter(({ id, weight }) => weight > 0 && (lhr.audits[id]?.score ?? 1) < 1)
        .map(({ id }) => id),
    ),
  };
};

/** Each screen, or the one at `only`, audited `rounds` times; the middle of each category. `found` is told each row as it comes. */
export const measureLighthouse = async (
  rounds = 5,
  { only, found = () => undefined }: { readonly only?: string | undefined; readonly found?: (row: Row) => void } = {},
): Promise<Row[]> => {
  const profile = mkdtempSync(join(tmpdir(), 'hive-lighthouse-'));
  const fixture = await startFixture(tellStory(Date.now()));
  const port = await freePort();
  const { args, ...chrome } = await findChromium();
  const context = await chromium.launchPersistentContext(profile, {
    ...chrome,
    args: [...args, `--remote-debugging-port=${port}`],
  });
  try {
    const page = await context.newPage();
    await page.goto(await fixture.link('/'));
    await page.locator('hive-home-page').waitFor();
    await page.close();
    const rows: Row[] = [];
    for (const path of screensOf(fixture.story.ids, await firstOf(fixture))) {
      if (only !== undefined && only !== path) continue;
      const scores: Scores[] = [];
      for (let round = 0; round < rounds; round++) scores.push(await audit(context, port, fixture.url + path));
      const wanted = least(path);
      const middle = categories.map((name) => [name, median(scores.map((it) => it[name]))] as const);
      const failed = [...new Set(scores.flatMap((it) => it.failed))];
      const row: Row = {
        what: `Lighthouse ${path.replace(/[0-9a-f]{8}-[-0-9a-f]+/, ':id')}`,
        measured: [
          middle.map(([name, score]) => `${name} ${score}`).join(', '),
          metrics
            .map(
              (id, n) =>
                [
                  id.replace(/(\w)\w*(-|$)/g, '$1').toUpperCase(),
                  median(scores.map((it) => it.paint[n] ?? NaN)),
                ] as const,
            )
            .map(([name, value]) => `${name} ${value < 1 ? value.toFixed(3) : Math.round(value)}`)
            .join(' '),
          `blocking by processor time ${Math.round(median(scores.map((it) => it.blocking)))}`,
          `machine ${Math.round(median(scores.map((it) => it.speed)))}`,
          ...failed,
        ].join('; '),
        budget: categories.map((name) => `>= ${wanted[name]}`).join(', '),
        holds: middle.every(([name, score]) => score >= wanted[name]),
      };
      rows.push(row);
      found(row);
    }
    return rows;
  } finally {
    await context.close();
    await fixture.close();
    rmSync(profile, { recursive: true, force: true });
  }
};

/** Every screen of the first version; a task and an approval that the story tells of. */
const screensOf = (
  ids: Readonly<Record<'example' | 'failed', string>>,
  { task, approval }: { readonly task: string; readonly approval: string },
): readonly string[] => [
  '/',
  '/traces',
  `/traces/${ids.example}`,
  '/tasks',
  `/tasks/${task}`,
  '/approvals',
  `/approvals/${approval}`,
  '/agents',
  '/agents/worker-1',
  '/health',
  '/events',
  '/new',
  '/settings',
];

/** The first task and the first open approval that the server tells of. */
const firstOf = async ({ url, token }: Fixture): Promise<{ readonly task: string; readonly approval: string }> => {
  const desk = createDeskClient({ url, token });
  const [tasks, approvals] = await Promise.all([desk.taskCards({ limit: 1 }), desk.approvals({ limit: 1 })]);
  const [[task], [approval]] = [tasks.items, approvals.items];
  if (!task || !approval) throw new Error('the story tells of no task or of no approval');
  return { task: task.id, approval: approval.id };
};

if (import.meta.main) {
  const [rounds = '5', only] = process.argv.slice(2);
  await measureLighthouse(Number(rounds), { only, found: (row) => console.log(tellRow(row)) });
}
