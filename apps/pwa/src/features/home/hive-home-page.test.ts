import { afterEach, expect, test, vi } from 'vitest';
import type { Report, WorkflowSummary } from '@hive/events';
import type { RoomDesk } from '../../data/desk.ts';
import type { LiveNews } from '../../data/live-stream.ts';
import { toldLive } from '../../data/told-live.ts';
import './hive-home-page.ts';

const workflow = (id: string, more: Partial<WorkflowSummary> = {}): WorkflowSummary => ({
  id,
  goal: `Goal ${id}`,
  repo: '/r',
  status: 'running',
  tasks: 4,
  merged: 1,
  counts: { merged: 1, working: 3 },
  example: false,
  submittedAt: new Date().toISOString(),
  settledAt: null,
  ...more,
});

const { live, tell } = toldLive();

const show = async (workflows: () => Promise<readonly WorkflowSummary[]>, report: Report | null = null) => {
  const page = document.createElement('hive-home-page');
  page.live = live;
  page.desk = {
    workflows: async () => ({ items: await workflows(), next: null }),
    agents: async () => [],
    approvals: async () => ({ items: [], next: null }),
    limits: async () => [],
    report: async () => {
      if (report === null) throw new Error('not now');
      return report;
    },
    session: () => Promise.resolve({ may: ['read'] }),
  } as unknown as RoomDesk;
  document.body.append(page);
  await page.updateComplete;
  await vi.waitFor(() => expect(page.renderRoot.querySelector('hive-skeleton')).toBeNull());
  return page;
};
const text = (page: Element) => page.shadowRoot?.textContent.replace(/\s+/g, ' ') ?? '';

afterEach(() => document.body.replaceChildren());

test('a Hive without workflows says the next step', async () => {
  const page = await show(async () => []);
  const steps = page.renderRoot.querySelector('hive-first-steps');
  expect(steps?.renderRoot.querySelector('hive-notice')?.heading).toBe('No workflows yet');
  expect(steps?.renderRoot.querySelector('hive-copy')?.text).toContain('hive submit HEAD');
});

test('a desk that does not answer is told, and trying again helps', async () => {
  const answers = [Promise.reject(new Error('Hive does not answer')), Promise.resolve([workflow('a')])];
  answers[0]?.catch(() => undefined);
  const page = await show(() => answers.shift() ?? Promise.resolve([]));
  const notice = page.renderRoot.querySelector('hive-notice');
  expect(notice?.said).toBe('Hive does not answer');
  notice?.querySelector('button')?.click();
  await vi.waitFor(() => expect(text(page)).toContain('Running'));
});

test('what the log tells is shown, and a failed refresh keeps what is known', async () => {
  const answers = [
    Promise.resolve([workflow('a')]),
    Promise.resolve([workflow('a', { status: 'waiting' })]),
    Promise.reject(new Error('gone')),
  ];
  answers[2]?.catch(() => undefined);
  const page = await show(() => answers.shift() ?? Promise.resolve([]));
  expect(text(page)).not.toContain('Needs you');
  const change = { kind: 'events', events: [{ type: 'task.escalated' }] } as unknown as LiveNews;
  tell(change);
  await vi.waitFor(() => expect(text(page)).toContain('Needs you'));
  tell(change);
  await vi.waitFor(() => expect(text(page)).toContain('Not refreshed: gone'));
  expect(text(page)).toContain('Needs you');
});

test('what happened while nobody looked is one card, and a page without it is a page', async () => {
  const now = new Date().toISOString();
  const report: Report = {
    since: now,
    until: now,
    merged: [],
    waiting: [],
    refused: [],
    limits: [{ provider: 'claude', kind: 'five_hour', until: now, tasks: 2, waitedMs: 60_000, events: [] }],
    usage: [],
    repeated: [],
  };
  const page = await show(async () => [workflow('a')], report);
  expect(page.renderRoot.querySelector('.report')?.textContent).toContain('2 tasks waited 1 m 00 s for claude');
  const done = page.renderRoot.querySelector<HTMLAnchorElement>('a[aria-label="0 done, 24 h"]');
  const asked = new URL(done?.href ?? '').searchParams;
  expect([asked.get('type'), asked.get('since')]).toEqual(['task.merged,task.completed', now]);
  const without = await show(async () => [workflow('a')]);
  expect(text(without)).toContain('Running');
  expect(without.renderRoot.querySelector('.report')).toBeNull();
});
