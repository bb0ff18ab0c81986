// `npm run screenshots -w @hive/pwa [FOLDER [NAME…]]`: pictures of every screen of the built app or of those named, and the two of its manifest.
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { chromium, type Page } from 'playwright';
import { findChromium } from '@hive/tools/chromium';
import { tellEgress } from './egress-story.ts';
import { startFixture } from './fixture.ts';
import { tellInbox } from './inbox-story.ts';
import { arrived } from './look.ts';
import { tellNothing, tellStory, tellTrouble } from './stories.ts';

const pwa = join(import.meta.dirname, '..');
const [, , folder = join(pwa, 'dist-screenshots'), ...wanted] = process.argv;
const sizes = { desktop: { width: 1280, height: 800 }, phone: { width: 390, height: 844 } };
const schemes = ['light', 'dark'] as const;

await mkdir(folder, { recursive: true });
await mkdir(join(pwa, 'public/screenshots'), { recursive: true });
const fixture = await startFixture(tellStory(Date.now()));
const empty = await startFixture(tellNothing());
const trouble = await startFixture(tellTrouble(Date.now()));
const inbox = await startFixture(tellInbox(Date.now()));
const egress = await startFixture(tellEgress(Date.now()));
const unpaired = await startFixture(tellNothing());
const browser = await chromium.launch(await findChromium());
const complaints: string[] = [];

const { ids } = fixture.story;
const asked = inbox.story.past.find(({ type }) => type === 'approval.requested')?.correlationId ?? '';
const shots: readonly {
  readonly name: string;
  readonly at: string;
  readonly full?: boolean;
  readonly act?: (page: Page) => Promise<void>;
}[] = [
  { name: 'home', at: `${fixture.url}/`, full: true },
  { name: 'home-empty', at: `${empty.url}/` },
  { name: 'new-empty', at: `${empty.url}/new` },
  {
    name: 'new',
    at: `${fixture.url}/new`,
    full: true,
    act: async (page) => {
      await page.getByLabel('What is to be done').fill('Read dates of the year 10,000 and later');
      await page.getByText('More: branches, model, schedule').click();
      await page.getByLabel('Again and again').check();
      await page.getByRole('button', { name: 'Hand it in later' }).click();
      await page.getByText('Write five fields').waitFor();
    },
  },
  { name: 'traces', at: `${fixture.url}/traces` },
  {
    name: 'traces-chosen',
    at: `${fixture.url}/traces?q=repo%3Asrc%20dur%3A5m`,
    act: async (page) => {
      await page.getByRole('checkbox').first().check();
      await page.getByText('chosen').waitFor();
    },
  },
  { name: 'traces-filtered', at: `${fixture.url}/traces?q=status%3Afailed` },
  { name: 'trace-example', at: `${fixture.url}/traces/${ids.example}`, full: true },
  {
    name: 'trace-tasks-open',
    at: `${fixture.url}/traces/${ids.failed}?view=tasks`,
    full: true,
    act: async (page) => {
      for (const summary of await page.locator('hive-task-list summary').all()) await summary.click();
    },
  },
  {
    name: 'trace-selected',
    at: `${fixture.url}/traces/${ids.failed}`,
    act: async (page) => {
      await page.getByRole('treegrid').waitFor();
      await page.keyboard.press('e');
      await page.keyboard.press('Enter');
      await page.locator('hive-event-details').getByRole('heading').first().waitFor();
    },
  },
  {
    name: 'trace-tree',
    at: `${fixture.url}/traces/${ids.failed}?view=tree`,
  },
  { name: 'trace-info', at: `${fixture.url}/traces/${ids.failed}?view=info`, full: true },
  { name: 'trace-head', at: `${fixture.url}/traces/${ids.failed}` },
  { name: 'trace-head-waiting', at: `${inbox.url}/traces/${asked}` },
  { name: 'trace-evidence', at: `${fixture.url}/traces/${ids.failed}?view=evidence`, full: true },
  { name: 'trace-graph', at: `${fixture.url}/traces/${ids.failed}?view=graph`, full: true },
  { name: 'trace-log', at: `${fixture.url}/traces/${ids.failed}?view=log` },
  { name: 'trace-log-none', at: `${fixture.url}/traces/${ids.failed}?view=log&q=nowhere` },
  { name: 'trace-raw', at: `${fixture.url}/traces/${ids.hostile}?view=raw` },
  {
    name: 'trace-verbs',
    at: `${fixture.url}/traces/${ids.failed}`,
    act: async (page) => {
      await page.locator('hive-trace-verbs').getByRole('button', { name: 'More' }).click();
      await page.getByRole('menuitem', { name: 'Export the events (JSON)' }).waitFor();
    },
  },
  {
    name: 'task-failed',
    at: `${fixture.url}/tasks?lane=failed`,
    full: true,
    act: async (page) => {
      await page.locator('hive-task-card').first().getByRole('link').click();
      await page.getByRole('heading', { name: 'Attempts' }).waitFor();
    },
  },
  { name: 'trace-changes', at: `${fixture.url}/traces/${ids.failed}?view=changes`, full: true },
  { name: 'trace-running', at: `${fixture.url}/traces/${ids.running}`, full: true },
  { name: 'trace-hostile', at: `${fixture.url}/traces/${ids.hostile}` },
  { name: 'approvals', at: `${fixture.url}/approvals`, full: true },
  {
    name: 'approvals-chosen',
    at: `${inbox.url}/approvals`,
    act: async (page) => {
      const choices = page.getByRole('checkbox', { name: /^Choose Merge/ });
      for (const at of [0, 1]) await choices.nth(at).check();
      await page.getByRole('button', { name: 'Approve 2', exact: true }).waitFor();
    },
  },
  {
    name: 'approvals-outcomes',
    at: `${inbox.url}/approvals`,
    act: async (page) => {
      await page
        .getByRole('checkbox', { name: /^Choose Merge/ })
        .first()
        .check();
      await page.getByRole('button', { name: 'Deny 1', exact: true }).click();
      await page.getByLabel(/^Why: a denial/).fill('keep it until 3.0');
      await page.getByRole('button', { name: 'Deny 1 request' }).click();
      await page.getByRole('list', { name: 'What came of each' }).waitFor();
    },
  },
  { name: 'approval-egress', at: `${egress.url}/approvals`, full: true },
  { name: 'approvals-empty', at: `${empty.url}/approvals` },
  { name: 'agents', at: `${fixture.url}/agents`, full: true },
  { name: 'agents-empty', at: `${empty.url}/agents` },
  { name: 'agent', at: `${fixture.url}/agents/worker-1`, full: true },
  {
    name: 'agent-asked',
    at: `${fixture.url}/agents/worker-1`,
    act: async (page) => {
      await page.getByRole('button', { name: 'Drain…' }).click();
      await page.getByText('Within two seconds').waitFor();
    },
  },
  {
    name: 'agent-paused',
    at: `${trouble.url}/agents/worker-1`,
    act: async (page) => {
      const pause = page.getByRole('button', { name: 'Pause…' });
      if (await pause.isVisible()) {
        await pause.click();
        await page.getByLabel('Why').fill('It gets a new disk');
        await page.getByRole('button', { name: 'Pause it' }).click();
      }
      await page.getByText('Paused', { exact: true }).first().waitFor();
    },
  },
  { name: 'tasks', at: `${fixture.url}/tasks` },
  { name: 'tasks-failed', at: `${fixture.url}/tasks?lane=failed&q=date` },
  { name: 'tasks-empty', at: `${empty.url}/tasks` },
  { name: 'health', at: `${fixture.url}/health`, full: true },
  { name: 'health-asks', at: `${trouble.url}/health` },
  {
    name: 'health-trouble',
    at: `${trouble.url}/health?window=7d`,
    full: true,
    act: async (page) => {
      const acknowledge = page.getByRole('button', { name: 'Acknowledge…' });
      if (await acknowledge.isVisible()) {
        await acknowledge.click();
        await page.getByLabel('What is done about it').fill('Its fan is cleaned');
        await page.getByRole('button', { name: 'Acknowledge', exact: true }).click();
      }
      await page.getByText('Acknowledged by').waitFor();
    },
  },
  { name: 'health-empty', at: `${empty.url}/health` },
  { name: 'events', at: `${fixture.url}/events` },
  { name: 'events-filtered', at: `${fixture.url}/events?type=task.refused&q=nothing` },
  {
    name: 'event-open',
    at: `${fixture.url}/events?type=model.*`,
    act: async (page) => {
      await page.getByRole('listitem').getByRole('link').first().click();
      await page.locator('hive-event-sheet').getByRole('heading').waitFor();
    },
  },
  {
    name: 'dead-letters',
    at: `${trouble.url}/events?view=dead-letters`,
    act: async (page) => {
      await page.locator('hive-dead-letters summary').first().click();
      await page.getByText('What led there').first().waitFor();
    },
  },
  { name: 'agents', at: `${fixture.url}/agents` },
  { name: 'settings', at: `${fixture.url}/settings`, full: true },
  { name: 'pairing', at: `${unpaired.url}/` },
  { name: 'not-found', at: `${fixture.url}/nowhere` },
  { name: 'no-trace', at: `${fixture.url}/traces/0000` },
];

for (const [size, viewport] of Object.entries(sizes))
  for (const colorScheme of schemes) {
    const context = await browser.newContext({ viewport, colorScheme, hasTouch: size === 'phone' });
    for (const hive of [fixture, empty, trouble, inbox, egress]) {
      const page = await context.newPage();
      await page.goto(await hive.link('/'));
      await page.locator('hive-home-page').waitFor();
      await page.close();
    }
    for (const { name, at, full, act } of shots.filter(({ name }) => wanted.length === 0 || wanted.includes(name))) {
      const page = await context.newPage();
      page.on(
        'console',
        (message) => message.type() === 'error' && complaints.push(`${name} ${size}: ${message.text()}`),
      );
      page.on('pageerror', (error) => complaints.push(`${name} ${size}: ${error.message}`));
      await page.goto(at);
      await arrived(page);
      await act?.(page);
      await page.screenshot({ path: join(folder, `${name}-${size}-${colorScheme}.png`), fullPage: full ?? false });
      if (name === 'home' && size === 'phone' && colorScheme === 'light')
        await page.screenshot({ path: join(pwa, 'public/screenshots/narrow.png') });
      if (name === 'trace-example' && size === 'desktop' && colorScheme === 'light')
        await page.screenshot({ path: join(pwa, 'public/screenshots/wide.png') });
      await page.close();
    }
    await context.close();
  }

await browser.close();
await Promise.all([fixture, empty, trouble, inbox, egress, unpaired].map((it) => it.close()));
for (const complaint of new Set(complaints)) console.error(complaint);
console.log(`Pictures in ${folder}`);
