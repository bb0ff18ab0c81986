// The stream end to end: the real server in a process of its own that is killed, a real browser with the built app, and readers of all kinds.
import { get, type IncomingMessage } from 'node:http';
import type { BrowserContext } from 'playwright';
import { openStore } from '@hive/core-db';
import { createDeskClient } from '@hive/events';
import { expect, onTestFinished, vi } from 'vitest';
import { anotherBuild } from './another-build.ts';
import { openRoom, test } from './browser-test.ts';
import type { Fixture } from './fixture.ts';
import { countTold, noteTold, readTold } from './live-page.ts';
import { arrived, fetchedAll } from './look.ts';
import { publish } from './publish.ts';
import { tellNothing } from './stories.ts';

let context: BrowserContext;
let fixture: Fixture;

const start = async () => {
  ({ fixture, context } = await openRoom(tellNothing(), { serviceWorkers: 'block' }));
  // Without a service worker a new tab has the build that the server has.
  const store = await openStore({ home: fixture.home });
  onTestFinished(() => store.close());
  const first = await context.newPage();
  await first.goto(await fixture.link('/agents'));
  // What a page still asks for while it loads is another follower, who is told that it may lack something.
  await arrived(first);
  await fetchedAll(first);
  await noteTold(first);
  return { store, first };
};

test('a server that is killed while 10,000 events are recorded loses none for anybody and doubles none, in a browser and in a program', async () => {
  const { store, first } = await start();
  const stop = new AbortController();
  const heard: string[] = [];
  const program = (async () => {
    const client = createDeskClient({ url: fixture.url, token: fixture.token });
    for await (const event of client.follow({ types: ['model.*'] }, stop.signal)) heard.push(event.id);
  })();
  await vi.waitFor(async () => expect(await fixture.followers()).toBe(2), 60_000);

  const { missed } = await readTold(first);
  const publishing = publish(store, { events: 10_000, perSecond: 5000, everyMs: 20 });
  await vi.waitFor(async () => expect(await countTold(first)).toBeGreaterThan(1500), { timeout: 60_000, interval: 20 });
  await fixture.kill();
  await fixture.start();
  const { ids } = await publishing;
  await vi.waitFor(async () => expect(await countTold(first)).toBeGreaterThanOrEqual(10_000), 60_000);
  await vi.waitFor(() => expect(heard.length).toBeGreaterThanOrEqual(10_000), 60_000);
  stop.abort();
  await program;
  const told = await readTold(first);
  expect(told.missed).toBe(missed);
  expect(told.ids).toEqual(ids);
  expect(heard).toEqual(ids);
});

test('what models took today stands on every page, and leads to these calls', async () => {
  const { store, first } = await start();
  await publish(store, { events: 2, perSecond: 1000 });
  await first.reload();
  const chip = first.locator('hive-budget a');
  expect(await chip.innerText()).toBe('3.1K tokens today');
  await chip.click();
  await first.getByRole('heading', { name: 'Events' }).waitFor();
  expect(new URL(first.url()).searchParams.get('type')).toBe('model.*');
  await vi.waitFor(async () => expect(await first.getByText('model.called').count()).toBe(2), 60_000);
});

test('tabs are one connection, and tabs of another build have one of their own', async () => {
  const { store, first } = await start();
  const others = await Promise.all([1, 2, 3].map(() => context.newPage()));
  for (const page of others) {
    await page.goto(`${fixture.url}/agents`);
    await noteTold(page);
  }
  expect(await fixture.followers()).toBe(1);

  await fixture.deploy(anotherBuild('x'));
  const newer = await context.newPage();
  await newer.goto(`${fixture.url}/agents`);
  await noteTold(newer);
  await vi.waitFor(async () => expect(await fixture.followers()).toBe(2), 60_000);
  const { ids } = await publish(store, { events: 50, perSecond: 1000 });
  for (const page of [first, ...others, newer])
    await vi.waitFor(async () => expect((await readTold(page)).ids).toEqual(ids), 60_000);

  for (const page of others) await page.close();
  await newer.close();
  await vi.waitFor(async () => expect(await fixture.followers()).toBe(1), 60_000);
  await first.close();
  await vi.waitFor(async () => expect(await fixture.followers()).toBe(0), 60_000);
});

test('a reader that takes nothing holds up nobody, and is told what it has missed instead of having it kept', async () => {
  const { store, first } = await start();
  const stalled = await Promise.all(
    Array.from({ length: 20 }, () => stalledReader(`${fixture.url}/api/v1/stream`, fixture.token)),
  );
  onTestFinished(() => stalled.forEach((response) => response.destroy()));
  await vi.waitFor(async () => expect(await fixture.followers()).toBe(21), 60_000);
  const { ids } = await publish(store, { events: 16_000, perSecond: 8000, everyMs: 20 });
  await vi.waitFor(async () => expect(await countTold(first)).toBe(16_000), 60_000);
  expect((await readTold(first)).ids).toEqual(ids);
  // The system takes some for a reader that sleeps, and the server keeps the newest for all; what is older than both stays in the log, and its range is told.
  const text = await takeUntil(stalled[0], /event: gap\nid: (\d+)\ndata: \{"from":\d+,"to":\1,/);
  const told = [...text.matchAll(/"id":"([0-9a-f-]{36})"[^{}]*?"type":"model.called"/g)].map((match) => match[1]);
  expect(told.length).toBeGreaterThan(0);
  expect(told.length).toBeLessThan(16_000);
  expect(told).toEqual(ids.slice(0, told.length));
});

/** Asks for the stream, and takes nothing after the head of the answer. */
const stalledReader = (url: string, token: string): Promise<IncomingMessage> =>
  new Promise((resolve, reject) => {
    const request = get(url, { headers: { authorization: `Bearer ${token}` } }, (response) => {
      response.pause();
      response.on('error', () => undefined); // it is cut off in the end
      resolve(response);
    });
    request.on('error', reject);
  });

/** Takes from a reader again until the text has come; throws when the server hangs up before. */
const takeUntil = (response: IncomingMessage | undefined, wanted: RegExp): Promise<string> =>
  new Promise((resolve, reject) => {
    let text = '';
    response?.on('data', (bytes: Buffer) => {
      text += bytes.toString();
      if (wanted.test(text.slice(-200_000))) resolve(text);
    });
    response?.on('close', () => reject(new Error(`the server hung up: ${text.slice(-300)}`)));
    response?.resume();
  });
