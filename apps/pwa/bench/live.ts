// How long an event takes from its commit to the screen, and what slow readers and a killed server cost, with the built app on the real server.
// `node apps/pwa/bench/live.ts` prints it; `--short` takes two seconds for each rate instead of five.
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { get, type IncomingMessage } from 'node:http';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { chromium, type BrowserContext, type Page } from 'playwright';
import { findChromium } from '@hive/tools/chromium';
import { startFixture, type Fixture } from '../testing/fixture.ts';
import { countTold, noteTold, readTold } from '../testing/live-page.ts';
import type { Published } from '../testing/publish.ts';
import { tellNothing } from '../testing/stories.ts';
import { quantile, type Row } from './rows.ts';

const run = promisify(execFile);
const publisher = join(import.meta.dirname, '../testing/publish.ts');
const seconds = process.argv.includes('--short') ? 2 : 5;
const manyTabs = 50;
const stalledReaders = 50;

/** Publishes from a process of its own, so that it competes for the processor and for nothing else. */
const publish = async (home: string, events: number, perSecond: number): Promise<Published> => {
  const { stdout } = await run(process.execPath, [publisher, home, String(events), String(perSecond)], {
    maxBuffer: 100_000_000,
  });
  return JSON.parse(stdout) as Published;
};

type Channel = { port1: { onmessage: () => void }; port2: { postMessage(message: null): void } };
type Painted = { readonly latencies: number[]; readonly frames: number[] };
type News = { readonly kind: string; readonly events?: readonly { readonly type: string; readonly at: string }[] };
/** The part of a page's globals that is used here; this side of the wire has no DOM. */
type Room = typeof globalThis & {
  document: {
    querySelector(name: string): {
      shadowRoot: { querySelector(name: string): { live?: { follow(listener: (news: News) => void): void } } };
    };
  };
  requestAnimationFrame(act: (ms: number) => void): number;
  EventSource: new (url: string) => {
    addEventListener(name: string, take: (event: unknown) => void): void;
  };
  painted: Painted;
};

/**
 * Notes for each event the time from the moment before its commit to the end of the frame that was painted after it came, and the length of
 * frames: over the hub as the app does (`hub`), or over an EventSource of the tab's own (`own`).
 */
const notePainted = (page: Page, way: 'hub' | 'own'): Promise<unknown> =>
  page.waitForFunction(
    (asked) => {
      const room = globalThis as Room;
      const { live } = room.document.querySelector('hive-app').shadowRoot.querySelector('main > *');
      if (!live) return false;
      const painted: Painted = { latencies: [], frames: [] };
      room.painted = painted;
      const after = new MessageChannel() as unknown as Channel;
      let waiting: number[] = [];
      // A message that is sent in a frame's callback comes when that frame has been painted.
      after.port1.onmessage = () => {
        const now = performance.timeOrigin + performance.now();
        for (const at of waiting.splice(0)) painted.latencies.push(now - at);
      };
      let coming: number[] = [];
      const hear = (events: readonly { readonly type: string; readonly at: string }[]) => {
        for (const { type, at } of events) if (type === 'model.called') coming.push(Date.parse(at));
      };
      let last = performance.now();
      const frame = (now: number) => {
        painted.frames.push(now - last);
        last = now;
        if (coming.length > 0) {
          waiting = waiting.concat(coming);
          coming = [];
          after.port2.postMessage(null);
        }
        room.requestAnimationFrame(frame);
      };
      room.requestAnimationFrame(frame);
      if (asked === 'hub')
        live.follow(({ kind, events }) => {
          if (kind === 'events') hear(events ?? []);
        });
      else
        new room.EventSource('/api/v1/stream').addEventListener('events', (event) =>
          hear(JSON.parse((event as unknown as { data: string }).data) as { type: string; at: string }[]),
        );
      return true;
    },
    way,
    { polling: 50 },
  );

const readPainted = (page: Page): Promise<Painted> => page.evaluate(() => (globalThis as Room).painted);

const ms = (values: readonly number[], share: number) => Math.round(quantile(values, share) * 10) / 10;
const told = (values: readonly number[]) =>
  `p50 ${ms(values, 0.5)}, p95 ${ms(values, 0.95)}, p99 ${ms(values, 0.99)} ms`;

type Opened = { readonly fixture: Fixture; readonly context: BrowserContext };

const openPage = async ({ fixture, context }: Opened, path: string): Promise<Page> => {
  const page = await context.newPage();
  await page.goto(fixture.url + path);
  await page.getByText('Live', { exact: true }).first().waitFor({ state: 'attached' });
  return page;
};

const latency = async (
  room: Opened,
  { perSecond, budget, way, path }: { perSecond: number; budget: number | null; way: 'hub' | 'own'; path: string },
): Promise<Row> => {
  const page = await openPage(room, path);
  await notePainted(page, way);
  const events = perSecond * seconds;
  const published = await publish(room.fixture.home, events, perSecond);
  const deadline = Date.now() + 30_000;
  let painted = await readPainted(page);
  while (painted.latencies.length < events && Date.now() < deadline) {
    await page.waitForTimeout(100);
    painted = await readPainted(page);
  }
  await page.close();
  const p95 = quantile(painted.latencies, 0.95);
  const over = way === 'hub' ? 'the shared worker' : 'an EventSource of the tab (for comparison)';
  return {
    what: `commit to after paint at ${perSecond} events/s on ${path}, over ${over}`,
    measured: `${told(painted.latencies)}; frames p95 ${ms(painted.frames, 0.95)} ms; ${painted.latencies.length} of ${events} events, published at ${published.perSecond}/s`,
    budget: budget === null ? '' : `p95 <= ${budget} ms`,
    holds: budget === null ? null : p95 <= budget && painted.latencies.length === events,
  };
};

const connections = async (room: Opened): Promise<Row> => {
  const pages: Page[] = [];
  for (let n = 0; n < manyTabs; n++) {
    const page = await room.context.newPage();
    await page.goto(`${room.fixture.url}/agents`);
    pages.push(page);
  }
  const last = pages.at(-1);
  if (last) await noteTold(last);
  const count = await room.fixture.followers();
  for (const page of pages) await page.close();
  return {
    what: `connections of ${manyTabs} tabs`,
    measured: String(count),
    budget: '1',
    holds: count === 1,
  };
};

const restart = async (room: Opened): Promise<Row> => {
  const page = await openPage(room, '/agents');
  await page.waitForTimeout(3000); // without a service worker, parts of a page that are loaded later would be missing from a server that is down
  await noteTold(page);
  const publishing = publish(room.fixture.home, 10_000, 3000);
  while ((await countTold(page)) < 2000) await page.waitForTimeout(20);
  await room.fixture.kill();
  await room.fixture.start();
  const { ids } = await publishing;
  const deadline = Date.now() + 30_000;
  while ((await countTold(page)) < ids.length && Date.now() < deadline) await page.waitForTimeout(100);
  const { ids: got } = await readTold(page);
  await page.close();
  const unique = new Set(got);
  const lost = ids.filter((id) => !unique.has(id)).length;
  const inOrder = got.every((id, n) => id === ids[n]);
  return {
    what: 'a killed server while 10,000 events are recorded',
    measured: `${lost} lost, ${got.length - unique.size} doubled, ${inOrder ? 'in order' : 'out of order'}`,
    budget: '0 lost, 0 doubled',
    holds: lost === 0 && got.length === unique.size && inOrder,
  };
};

const residentBytes = (pid: number): number => {
  const pages = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Number(pages) * 1024;
};

/** Asks for the stream, and takes nothing after the head of the answer. */
const stalledReader = (url: string, token: string): Promise<IncomingMessage> =>
  new Promise((resolve, reject) => {
    get(`${url}/api/v1/stream`, { headers: { authorization: `Bearer ${token}` } }, (response) => {
      response.pause();
      response.on('error', () => undefined); // it is cut off in the end
      resolve(response);
    }).on('error', reject);
  });

/** The server's memory and the others' latency under the same load, without and with readers that take nothing. */
const stalled = async (room: Opened): Promise<readonly Row[]> => {
  const load = async () => {
    const page = await openPage(room, '/agents');
    await notePainted(page, 'hub');
    await publish(room.fixture.home, 5000 * seconds, 5000);
    await page.waitForTimeout(500);
    const { latencies } = await readPainted(page);
    await page.close();
    return { latencies, bytes: residentBytes(room.fixture.pid()) };
  };
  await load(); // what grows at first grows here
  const first = await load();
  const before = await load();
  const { url, token } = room.fixture;
  const readers = await Promise.all(Array.from({ length: stalledReaders }, () => stalledReader(url, token)));
  const beside = await load();
  for (const reader of readers) reader.destroy();
  const mib = (bytes: number) => bytes / 1024 / 1024;
  const each = mib(Math.max(0, beside.bytes - before.bytes)) / stalledReaders;
  return [
    {
      what: `server memory for one stalled reader (of ${stalledReaders}, resident)`,
      measured: `${each.toFixed(2)} MiB (the same load added ${mib(before.bytes - first.bytes).toFixed(0)} MiB in all without them)`,
      budget: '<= 2 MiB',
      holds: each <= 2,
    },
    {
      what: `the others at 5000 events/s, without and beside ${stalledReaders} stalled readers`,
      measured: `${told(before.latencies)}; ${told(beside.latencies)}`,
      budget: '',
      holds: null,
    },
  ];
};

/** Measures the stream end to end. Needs the built app, a Chromium, and Linux for the memory. `found` is told each row as it comes. */
export const measureLive = async (found: (row: Row) => void = () => undefined): Promise<readonly Row[]> => {
  const fixture = await startFixture(tellNothing());
  const browser = await chromium.launch(await findChromium());
  const context = await browser.newContext({ serviceWorkers: 'block' });
  const room = { fixture, context };
  try {
    const warm = await context.newPage();
    await warm.goto(await fixture.link('/events'));
    await warm.getByText('Live', { exact: true }).first().waitFor({ state: 'attached' });
    await publish(fixture.home, 2000, 2000);
    await warm.close();
    const rows: Row[] = [];
    const add = (...more: readonly Row[]) => {
      rows.push(...more);
      more.forEach(found);
    };
    for (const way of ['hub', 'own'] as const)
      for (const [perSecond, budget] of [
        [1000, 50],
        [10_000, 100],
      ] as const)
        add(await latency(room, { perSecond, budget: way === 'hub' ? budget : null, way, path: '/events' }));
    add(await restart(room));
    add(...(await stalled(room)));
    add(await connections(room));
    return rows;
  } finally {
    await browser.close();
    await fixture.close();
  }
};

if (import.meta.main) {
  const load = () => loadavg()[0]?.toFixed(1);
  console.log(`load of the machine at the start: ${load()}`);
  await measureLive(({ what, measured, budget, holds }) =>
    console.log(
      `${holds === null ? ' ' : holds ? '✓' : '✗'} ${what}: ${measured}${budget === '' ? '' : ` (${budget})`}`,
    ),
  );
  console.log(`load of the machine at the end: ${load()}`);
}
