// The page of a task in the built app: its attempts with turns and tool calls, its evidence with outputs, and the signed statement.
import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright';
import { expect } from 'vitest';
import type { TaskDetail } from '@hive/events';
import { openRoom, test } from './browser-test.ts';
import type { Fixture } from './fixture.ts';
import { tellStory } from './stories.ts';

let fixture: Fixture;
let tasks: readonly TaskDetail[];

const show = async (page: Page, which: (task: TaskDetail) => boolean): Promise<void> => {
  const task = tasks.find(which);
  if (!task) throw new Error('the story has no such task');
  await page.goto(`${fixture.url}/tasks/${task.id}`);
  await page.getByRole('heading', { name: 'Attempts' }).waitFor();
};

const attempted = async (page: Page): Promise<void> => {
  await show(page, ({ status, author }) => status === 'refused' && author?.includes(':') === true);
  const attempts = page.locator('hive-attempts > ol > li, hive-attempts ol > li.panel');
  await expect.poll(() => attempts.count()).toBe(2);
  await attempts.first().getByText('The attempt failed and is made again').waitFor();
  const second = attempts.nth(1);
  await second.locator('summary').click();
  await second.getByRole('button', { name: 'Show the reply' }).click();
  await second.getByRole('list', { name: 'Tool calls' }).getByText('from 1 to 40').waitFor();
  await second.getByRole('link', { name: /6,120/ }).click();
  await page.waitForURL(/\/events\?.*type=model\.called/);
  await page.getByRole('listitem').filter({ hasText: 'model.called' }).first().waitFor();
};

const proven = async (page: Page): Promise<void> => {
  await show(page, ({ status }) => status === 'merged');
  await page.getByRole('button', { name: /npm test.*red, exit 1/ }).click();
  const output = page.getByRole('region', { name: /Output of test/ });
  await output.getByText('Missing expected exception').waitFor();
  expect(await output.textContent()).not.toContain('u{1b}');
  const coming = page.waitForEvent('download');
  await page.getByRole('link', { name: 'Download the signed statement' }).click();
  const file = await coming;
  expect(file.suggestedFilename()).toMatch(/^hive-evidence-[0-9a-f]{12}\.json$/);
  const envelope = JSON.parse(await readFile(await file.path(), 'utf8')) as { payload: string; signatures: unknown[] };
  expect(envelope.signatures).toHaveLength(1);
  const statement = JSON.parse(Buffer.from(envelope.payload, 'base64').toString()) as { _type: string };
  expect(statement._type).toBe('https://in-toto.io/Statement/v1');
  await page.getByText(/^hive recheck [0-9a-f]{12}$/).waitFor();
};

const cancelled = async (page: Page): Promise<void> => {
  await show(page, ({ status, author }) => status === 'working' && author !== null);
  await page.getByText('It is still under way').first().waitFor();
  await page.getByRole('button', { name: 'Cancel…' }).click();
  await page.getByRole('button', { name: 'Cancel the task' }).click();
  await page.locator('hive-task-page').getByText('Cancelled', { exact: true }).first().waitFor();
  await page.getByText('It has ended').first().waitFor();
};

test('a task tells its attempts, its evidence with a signed statement, and what can be done about it', async () => {
  const room = await openRoom(tellStory(Date.now()), { viewport: { width: 390, height: 844 }, hasTouch: true });
  fixture = room.fixture;
  const answer = await fetch(`${fixture.url}/api/v1/tasks?limit=200`, {
    headers: { authorization: `Bearer ${fixture.token}` },
  });
  tasks = ((await answer.json()) as { items: TaskDetail[] }).items;
  const page = await room.context.newPage();
  await page.goto(await fixture.link('/tasks'));
  await page.getByRole('heading', { name: 'Tasks' }).first().waitFor();
  await attempted(page);
  await proven(page);
  await cancelled(page);
});
