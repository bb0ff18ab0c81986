import { afterEach, expect, test, vi } from 'vitest';
import type { TraceSummary } from '@hive/events';
import type { RoomDesk } from '../../data/desk.ts';
import { toldLive } from '../../data/told-live.ts';
import './hive-traces-page.ts';

const began = location.href;
const trace = (id: string, events: number): TraceSummary => ({
  ...{ correlationId: `trace-${id}`, goal: `Goal ${id}`, status: 'running', events, errors: 0 },
  ...{ firstAt: new Date(0).toISOString(), lastAt: new Date(1000).toISOString() },
});

const show = async (address: string, more: Partial<TraceSummary> = {}) => {
  history.replaceState(null, '', address);
  const page = document.createElement('hive-traces-page');
  page.live = toldLive().live;
  const items = [trace('a', 1), trace('b', 3), trace('c', 2)].map((it) => ({ ...it, ...more }));
  page.desk = {
    traces: async () => ({ items, next: null }),
    session: async () => ({ may: ['read', 'work', 'stop'] }),
  } as unknown as RoomDesk;
  document.body.append(page);
  await vi.waitFor(() => expect(goals(page)).toHaveLength(3));
  return page;
};
const goals = (page: Element) =>
  [...(page.shadowRoot?.querySelectorAll('a.goal') ?? [])].map((it) => it.textContent.replace(/\s+/g, ' ').trim());

afterEach(() => {
  document.body.replaceChildren();
  history.replaceState(null, '', began);
});

test('a line tells what began it, who worked and what it took, and each figure opens its events', async () => {
  const page = await show('/traces', {
    trigger: 'schedule',
    agents: ['reviewer', 'worker-1'],
    usage: { input: 21_300, output: 4100, cached: 0, costUsd: null, calls: 14 },
  });
  const figures = [
    ...page.renderRoot.querySelectorAll<HTMLElementTagNameMap['hive-number']>('[data-id="trace-a"] .work hive-number'),
  ].map((it) => [it.text, it.query]);
  expect(figures).toEqual([
    ['reviewer, worker-1', { trace: 'trace-a', types: ['task.claimed'] }],
    ['14 calls, 21,300 in, 4,100 out, price not reported', { trace: 'trace-a', types: ['model.called'] }],
  ]);
  expect(page.renderRoot.querySelector('[data-id="trace-a"] .work')?.textContent).toMatch(/^By schedule ·/);
});

test('the order stands in the address, and a pin stands first until it is let go', async () => {
  const page = await show('/traces?sort=events');
  expect(goals(page)).toEqual(['Goal b', 'Goal c', 'Goal a']);
  const pinIt = async (name: string) => {
    page.renderRoot.querySelector<HTMLInputElement>('[data-id="trace-a"] input')?.click();
    const button = () => {
      const bar = page.renderRoot.querySelector('hive-bulk-bar');
      return [...(bar?.shadowRoot?.querySelectorAll('button') ?? [])].find((it) => it.textContent.trim() === name);
    };
    await vi.waitFor(() => expect(button()).toBeDefined());
    button()?.click();
  };
  await pinIt('Pin 1');
  await vi.waitFor(() => expect(goals(page)).toEqual(['pinnedGoal a', 'Goal b', 'Goal c']));
  await pinIt('Unpin 1');
  await vi.waitFor(() => expect(goals(page)).toEqual(['Goal b', 'Goal c', 'Goal a']));
});
