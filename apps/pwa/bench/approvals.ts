// From a notification on a phone to the recorded decision, and on to the task that it lets begin, in a building of its own. `node apps/pwa/bench/approvals.ts`
// prints it.
import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type Browser, type Page } from 'playwright';
import { createDeskClient, type Desk, type DeskClient } from '@hive/events';
import { findChromium } from '@hive/tools/chromium';
import { notificationsOf } from '../testing/push-page.ts';
import { makeRepo } from '../testing/test-repo.ts';
import { median, quantile, tellRow, type Row } from './rows.ts';

const hive = join(import.meta.dirname, '../../../hive');
const rounds = 20;
const [mostTaps, mostMs] = [2, 500];
const patienceMs = 60_000;

const rest = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 25));

/** Asks until there is an answer; throws when there is none within a minute. */
const found = async <T>(what: string, look: () => Promise<T | undefined>): Promise<T> => {
  for (const end = Date.now() + patienceMs; Date.now() < end; await rest()) {
    const it = await look().catch(() => undefined);
    if (it !== undefined) return it;
  }
  throw new Error(`waited in vain for ${what}`);
};

/** What one request took: taps, ms from the last tap to the recorded decision, and to the claim of the task that waited. */
type Round = { readonly taps: number; readonly recordedMs: number; readonly unblockedMs: number };

/** Hands in a plan that asks first, pushes that it does, and decides as a person with a phone would. */
const oneRound = async (
  desk: Desk,
  {
    page,
    repo,
    name,
    notices,
  }: { page: Page; repo: string; name: string; notices: Awaited<ReturnType<typeof notificationsOf>> },
): Promise<Round> => {
  const tasks = [{ key: 'look', title: name, kind: 'command', run: 'true' }];
  const { id } = await desk.submit({ goal: name, repo, plan: { version: 1, checks: ['true'], tasks } });
  const asked = await found('the request', async () => (await desk.approvals({ workflow: id })).items[0]);
  const path = `/approvals/${asked.id}`;
  const told = { title: 'Waits for your decision', body: name, tag: asked.id, data: { path } };
  await found('the notification', async () => {
    // A push to a worker that is just being replaced is lost; the same tag takes the place of what was shown.
    await notices.push({ notification: told });
    for (let look = 0; look < 40; look += 1, await rest())
      if ((await notices.shown()).some(({ tag }) => tag === asked.id)) return true;
    return undefined;
  });
  let taps = 0;
  await notices.tap('');
  taps += 1;
  await page.waitForURL(`**${path}`, { timeout: patienceMs });
  const button = page.getByRole('button', { name: 'Approve once' });
  await button.waitFor();
  await page.evaluate(
    `addEventListener('click', () => (globalThis.tappedAt = Date.now()), { capture: true, once: true })`,
  );
  await button.tap();
  taps += 1;
  await page.getByText(/Recorded at/).waitFor();
  const tappedAt = await page.evaluate<number>('globalThis.tappedAt');
  const events = await found('the claim', async () => {
    const all = await desk.trace(id);
    return all.some(({ type, stream }) => type === 'task.claimed' && stream.startsWith('task/')) ? all : undefined;
  });
  const after = (type: string) =>
    Date.parse(events.find((it) => it.type === type && !it.stream.startsWith('workflow/'))?.at ?? '') - tappedAt;
  return { taps, recordedMs: after('approval.decided'), unblockedMs: after('task.claimed') };
};

const measured = async (browser: Browser, desk: DeskClient, repo: string): Promise<readonly Round[]> => {
  const context = await browser.newContext({ viewport: { width: 390, height: 844 }, hasTouch: true });
  const { url } = await desk.pairCode();
  await context.grantPermissions(['notifications'], { origin: new URL(url).origin });
  const page = await context.newPage();
  await page.goto(url);
  await page.getByRole('heading', { level: 1 }).first().waitFor();
  await page.evaluate('navigator.serviceWorker.ready.then(() => true)');
  await page.reload(); // from here on the worker answers for it
  const notices = await notificationsOf(page, context);
  // A tap by a person gives the right to come to the front, one by a script does not; the rest is as it ships.
  await notices.worker.evaluate('WindowClient.prototype.focus = function () { return Promise.resolve(this); }');
  const all: Round[] = [];
  for (let round = 0; round < rounds; round += 1)
    all.push(await oneRound(desk, { page, repo, notices, name: `Round ${round}` }));
  return all;
};

/** Starts a building whose plans wait for a person, and decides them on a phone. Needs everything built, and a Chromium. */
export const measureApprovals = async (): Promise<readonly Row[]> => {
  const folder = await mkdtemp(join(tmpdir(), 'hive-bench-approvals-'));
  const home = join(folder, 'home');
  const env = { ...process.env, HIVE_HOME: home, HIVE_PORT: '0' };
  await mkdir(home);
  const rules = { policies: { approvals: { plan: 'always' } }, disk: { floorGb: 0 } };
  await writeFile(join(home, 'hive.yaml'), JSON.stringify({ hive: rules }));
  const repo = makeRepo(join(folder, 'repo'));
  const up = spawn(hive, ['up'], { env, stdio: 'ignore' });
  const ended = new Promise((resolve) => up.once('exit', resolve));
  const browser = await chromium.launch(await findChromium());
  try {
    const desk = await found('the building', async () => {
      const { url } = JSON.parse(await readFile(join(home, 'run.json'), 'utf8')) as { url: string };
      const it = createDeskClient({ url, token: (await readFile(join(home, 'token'), 'utf8')).trim() });
      return (await it.health()).head >= 0 ? it : undefined;
    });
    const all = await measured(browser, desk, repo);
    const taps = Math.max(...all.map((it) => it.taps));
    const [recorded, unblocked] = [all.map((it) => it.recordedMs), all.map((it) => it.unblockedMs)];
    const said = (ms: readonly number[]) =>
      `p95 ${quantile(ms, 0.95)} ms, median ${median(ms)} ms, longest ${Math.max(...ms)} ms of ${rounds} (load ${loadavg()[0]?.toFixed(1)})`;
    return [
      {
        what: 'notification to recorded decision',
        measured: `${taps} taps`,
        budget: `<= ${mostTaps} taps`,
        holds: taps <= mostTaps,
      },
      { what: 'tap to recorded decision', measured: said(recorded), budget: '', holds: null },
      {
        what: 'tap to the claim of the task that waited',
        measured: said(unblocked),
        budget: `p95 <= ${mostMs} ms`,
        holds: quantile(unblocked, 0.95) <= mostMs,
      },
    ];
  } finally {
    await browser.close();
    up.kill('SIGTERM');
    await ended;
    await rm(folder, { recursive: true, force: true });
  }
};

if (import.meta.main) for (const row of await measureApprovals()) console.log(tellRow(row));
