// The board, the log, agents and health of the built app over the real dashboard, in a real browser under its policy.
import type { BrowserContext, Page } from 'playwright';
import { expect } from 'vitest';
import { openRoom, test } from './browser-test.ts';
import type { Fixture } from './fixture.ts';
import { tellStory, tellTrouble, type Story } from './stories.ts';

let fixture: Fixture;
let context: BrowserContext;

const open = async (path: string, story: Story = tellStory(Date.now())): Promise<Page> => {
  ({ fixture, context } = await openRoom(story, { viewport: { width: 1280, height: 800 } }));
  const page = await context.newPage();
  await page.goto(await fixture.link(path));
  return page;
};

test('a task moves over the board while it happens, and its count opens the events', async () => {
  const page = await open('/tasks');
  const column = (name: string) => page.locator('hive-task-lane').filter({ has: page.getByRole('heading', { name }) });
  await column('Claimed').getByRole('listitem').filter({ hasText: 'Compact without stopping readers' }).waitFor();
  await fixture.advance(1000);
  await column('Done').getByRole('listitem').filter({ hasText: 'Build the index while reading' }).waitFor();
  await column('Done').getByRole('heading').getByRole('link').click();
  await page.waitForURL(/\/events\?type=task\.merged/);
  await page.getByRole('listitem').filter({ hasText: 'task.merged' }).first().waitFor();
});

test('a dead letter is looked at, and re-driven after a yes', async () => {
  const page = await open('/events?view=dead-letters', tellTrouble(Date.now()));
  const letter = page.getByRole('listitem').filter({ hasText: 'Upload in parts' }).first();
  await letter.locator('summary').click();
  await letter.getByText('What led there').waitFor();
  await letter.getByRole('button', { name: 'Re-drive' }).click();
  await page.getByLabel('A note for its author').fill('the network is back');
  await page.getByRole('button', { name: 'Re-drive it' }).click();
  await page.getByText('1 dead letter re-driven.').waitFor();
  await expect.poll(() => page.locator('hive-dead-letters summary').count()).toBe(1);
});

test('an agent is paused and drained after a yes, with what that comes to, and resumed', async () => {
  const page = await open('/agents/worker-2');
  const verbs = page.getByRole('group', { name: 'What can be done' });
  await verbs.getByRole('button', { name: 'Pause…' }).click();
  await page.getByText(/^Within two seconds it begins no step/).waitFor();
  await page.getByRole('button', { name: 'Not now' }).click();
  await verbs.getByRole('button', { name: 'Pause…' }).click();
  await page.getByLabel('Why').fill('a new disk');
  await page.getByRole('button', { name: 'Pause it' }).click();
  await page.getByText(/a new disk\.\s+It .* until it is resumed/).waitFor();
  await page.goto(`${fixture.url}/agents`);
  await page
    .getByRole('row')
    .filter({ hasText: 'worker-2' })
    .getByText(/^(Paused|Draining)$/)
    .waitFor();
  await page.goto(`${fixture.url}/agents/worker-2`);
  await verbs.getByRole('button', { name: 'Resume' }).click();
  await verbs.getByRole('button', { name: 'Drain…' }).click();
  await page.getByRole('button', { name: 'Drain it' }).click();
  await page.getByText('Drained', { exact: true }).waitFor();
  await verbs.getByRole('button', { name: 'Resume' }).click();
  await verbs.getByRole('button', { name: 'Pause…' }).waitFor();
  await page.goto(`${fixture.url}/events?type=agent.paused,agent.resumed`);
  await expect
    .poll(() =>
      page
        .getByRole('listitem')
        .filter({ hasText: /agent\.(paused|resumed)/ })
        .count(),
    )
    .toBe(4);
  await page.goto(`${fixture.url}/agents/orchestrator`);
  await page.getByText('It takes no steps').waitFor();
});

test('an alert is acknowledged, and stays listed as seen', async () => {
  const page = await open('/health', tellTrouble(Date.now()));
  const alert = page.getByRole('listitem').filter({ hasText: 'Box ash answers slowly' });
  await alert.getByRole('button', { name: 'Acknowledge…' }).click();
  await page.getByLabel('What is done about it').fill('its fan is cleaned');
  await page.getByRole('button', { name: 'Acknowledge', exact: true }).click();
  await alert.getByText(/its fan is cleaned/).waitFor();
  await page.reload();
  await alert.getByText(/its fan is cleaned/).waitFor();
  expect(await alert.getByRole('button').count()).toBe(0);
});

test('agents and health have figures of the log, and each opens its events', async () => {
  const page = await open('/agents');
  await page
    .getByRole('link', { name: /% of \d+ steps/ })
    .first()
    .click();
  await page.waitForURL(/\/events\?type=task/);
  await page.getByRole('listitem').first().waitFor();
  await page.goto(`${fixture.url}/agents/worker-1`);
  await page.getByText('two workers are idle').first().waitFor();
  await page.goto(`${fixture.url}/health`);
  await page.getByRole('heading', { name: 'Readers of the log' }).waitFor();
  await page.locator('hive-chart canvas').first().waitFor({ state: 'attached' });
  await page.getByRole('button', { name: '24 hours' }).click();
  await expect.poll(() => new URL(page.url()).searchParams.get('window')).toBe('24h');
  await page.getByRole('button', { name: '7 days' }).click();
  await page.getByText('Events every hour').waitFor();
  expect(new URL(page.url()).searchParams.get('window')).toBe('7d');
});
