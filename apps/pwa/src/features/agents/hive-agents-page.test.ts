import { afterEach, expect, test, vi } from 'vitest';
import type { AgentSummary, BoxSummary, Figures, LimitWindow } from '@hive/events';
import type { RoomDesk } from '../../data/desk.ts';
import { toldLive } from '../../data/told-live.ts';
import './hive-agents-page.ts';
import { hoursOf } from './quiet-box.ts';

const { live } = toldLive();
const agent: AgentSummary = {
  ...{ incarnation: 'i', agent: 'worker-1', role: 'worker', host: 'ash', pid: 7, capabilities: [], status: 'busy' },
  ...{ load: 1, startedAt: new Date().toISOString(), beatAgeMs: 100, version: '0.1.0' },
  step: { kind: 'work', taskId: 't', title: 'Leap days', since: new Date(Date.now() - 65_000).toISOString() },
};
const box: BoxSummary = {
  ...{
    name: 'ash',
    title: 'ash',
    endpoint: 'http://ash:11434',
    status: 'up',
    since: null,
    reason: null,
    version: '0.9',
  },
  models: [
    {
      ...{ name: 'coder:7b', size: 5e9, context: 8192, loaded: true, can: null, tokensPerS: 31.2, calls: 9 },
      toolsLearnt: { calls: false, because: 'it called no tool in 3 turns', at: '2026-01-01T00:00:00.000Z' },
    },
  ],
  ...{
    memory: { total: 24e9, used: 6e9 },
    parallel: 2,
    parallelBecause: 'coder:7b: one at once writes 40 tok/s, and 2 are tried',
    running: 1,
    waiting: 3,
    quietUntil: null,
    machine: null,
  },
};
const figures = (stepMs: number): Figures => ({
  ...{
    since: '2026-01-01T00:00:00.000Z',
    until: '2026-01-02T00:00:00.000Z',
    stepMs,
    events: 1,
    eventsOver: [],
    endpoints: [],
  },
  agents: [{ agent: 'worker-1', good: 9, failed: 1, lost: 0, goodOver: [1, 0], badOver: [0, 1], last: null }],
});
const limit: LimitWindow = {
  ...{ of: 'claude', kind: 'five_hour', model: null, usedShare: 0.82, resetsAt: '2999-01-01T00:00:00.000Z' },
  ...{ hit: false, at: new Date().toISOString(), callId: 'c' },
};

const show = async (more: object = {}) => {
  const page = document.createElement('hive-agents-page');
  page.live = live;
  page.desk = {
    agents: async () => [agent],
    boxes: async () => [box],
    limits: async () => [limit],
    figures: async () => figures(60_000),
    ...more,
  } as unknown as RoomDesk;
  document.body.append(page);
  await page.updateComplete;
  await vi.waitFor(() => expect(page.renderRoot.querySelector('hive-skeleton')).toBeNull());
  return page;
};
const text = (element: Element) => element.shadowRoot?.textContent.replace(/\s+/g, ' ') ?? '';
const numbers = (root: ParentNode | null | undefined) =>
  [...(root?.querySelectorAll('hive-number') ?? [])].map((it) => it.text || String(it.value));

afterEach(() => document.body.replaceChildren());

test('agents, boxes and plans are told by what was measured and recorded', async () => {
  const page = await show();
  expect(text(page)).toContain('work: Leap days for');
  expect(numbers(page.renderRoot)).toContainEqual(expect.stringMatching(/^1 m 0\d s$/));
  await vi.waitFor(() =>
    expect(numbers(page.renderRoot)).toEqual(expect.arrayContaining(['90 % of 10 steps', '1 not', '82 %'])),
  );
  expect(text(page)).toContain('coder:7b loaded');
  const card = page.renderRoot.querySelector('hive-box-card');
  await vi.waitFor(() => expect(numbers(card?.shadowRoot)).toContain('31.2 tokens/s'));
  expect(text(card!)).toContain('6.0 GB of 24.0 GB');
  expect(numbers(card?.shadowRoot)).toContain('3 waiting');
  expect(text(card!)).toContain('calls no tools: it called no tool in 3 turns');
  expect(text(card!)).toContain('one at once writes 40 tok/s, and 2 are tried');
  card?.shadowRoot?.querySelector('details')?.setAttribute('open', '');
  await vi.waitFor(() => expect(card?.shadowRoot?.querySelectorAll('hive-chart')).toHaveLength(2));
});

test('a box is taken for its owner only after a yes', async () => {
  const quietBox = vi.fn(async (_name: string, asked: { until?: string }) => ({
    ...box,
    quietUntil: asked.until ?? null,
  }));
  const page = await show({ quietBox });
  const verb = await vi.waitFor(() => {
    const found = page.renderRoot.querySelector('hive-box-card')?.shadowRoot?.querySelector<HTMLButtonElement>('.verb');
    expect(found).toBeTruthy();
    return found;
  });
  verb?.click();
  const yes = await vi.waitFor(() => {
    const found = document.querySelector('hive-ask')?.shadowRoot?.querySelector<HTMLButtonElement>('.primary');
    expect(found?.textContent.trim()).toBe('Take it');
    return found;
  });
  expect(quietBox).not.toHaveBeenCalled();
  yes?.click();
  await vi.waitFor(() => expect(quietBox).toHaveBeenCalledWith('ash', expect.objectContaining({ by: 'control room' })));
});

test('without agents, boxes or limits the page says the next steps, and what cannot be asked says why', async () => {
  const none = async () => [];
  const page = await show({ agents: none, boxes: none, limits: none });
  expect([...page.renderRoot.querySelectorAll('hive-notice')].map((it) => it.heading)).toEqual([
    'No agents are registered',
    'No boxes are configured',
  ]);
  const broken = await show({ boxes: () => Promise.reject(new Error('boxes hang')) });
  await vi.waitFor(() => expect(broken.renderRoot.querySelector('hive-notice')?.said).toBe('boxes hang'));
});

test('hours are a number within a month', () => {
  expect(['', '2', '1,5', '0', '900', 'soon'].map(hoursOf)).toEqual([4, 2, 1.5, null, null, null]);
});
