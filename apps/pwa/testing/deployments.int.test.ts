// Deployments under an open tab, in a real browser: with a service worker, which has its version stored, and without one.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { anotherBuild } from './another-build.ts';
import { dist, openRoom, shellStored, test } from './browser-test.ts';
import { fetchedAll } from './look.ts';
import { tellStory } from './stories.ts';

type Marked = typeof globalThis & { stayed?: boolean };

/** Opens Home, deploys twice, and goes on to pages that were not loaded yet. */
const outlive = async (serviceWorkers: 'allow' | 'block'): Promise<void> => {
  const { fixture, context } = await openRoom(tellStory(Date.now()), {
    viewport: { width: 1280, height: 800 },
    serviceWorkers,
  });
  const page = await context.newPage();
  const builds = new Set<string | undefined>();
  const missing: string[] = [];
  page.on('response', (response) => {
    builds.add(response.headers()['x-hive-build']);
    if (response.url().includes('/assets/') && response.status() === 404) missing.push(response.url());
  });
  await page.goto(await fixture.link('/'));
  await page.getByRole('heading', { name: 'Needs you' }).waitFor();
  await fetchedAll(page);
  if (serviceWorkers === 'allow') await shellStored(page);
  await page.evaluate(() => ((globalThis as Marked).stayed = true));
  for (const mark of ['b', 'c']) await fixture.deploy(anotherBuild(mark));
  await page.getByRole('link', { name: 'Agents' }).first().click();
  await page.getByRole('heading', { name: 'Agents', level: 1 }).waitFor();
  await page.getByRole('link', { name: 'Traces' }).first().click();
  await page.getByRole('link', { name: /Release chores/ }).waitFor();
  expect(missing).toEqual([]);
  expect(await page.evaluate(() => (globalThis as Marked).stayed)).toBe(true);
  expect(builds.size).toBeGreaterThan(1);
};

test('two deployments under an open tab without a service worker: pages that were not loaded yet open, and nothing is loaded anew', () =>
  outlive('block'));

test('two deployments under an open tab with a service worker: the same', () => outlive('allow'));

test('what a page loads comes compressed, as the build made it', async () => {
  expect(existsSync(join(dist, 'sw.js.br'))).toBe(true);
  const { fixture } = await openRoom(tellStory(Date.now()));
  const page = await fetch(`${fixture.url}/index.html`, { headers: { 'accept-encoding': 'br' } });
  expect(page.headers.get('content-encoding')).toBe('br');
  const html = await page.text();
  expect(html).toContain('<hive-app>');
  const entry = /src="(\/assets\/[^"]+)"/.exec(html)?.[1] ?? '';
  const code = await fetch(fixture.url + entry, { headers: { 'accept-encoding': 'gzip' } });
  expect([code.headers.get('content-encoding'), code.headers.get('cache-control')]).toEqual([
    'gzip',
    'public, max-age=31536000, immutable',
  ]);
});
