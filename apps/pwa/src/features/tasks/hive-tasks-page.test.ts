import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { page as view } from 'vitest/browser';
import type { HiveEvent, TaskCard } from '@hive/events';
import type { RoomDesk } from '../../data/desk.ts';
import { toldLive } from '../../data/told-live.ts';
import { card } from '../../../testing/task-card.ts';
import './hive-tasks-page.ts';

const { live, tell } = toldLive();
const began = location.href;

const show = async (cards: readonly TaskCard[], more: object = {}, address = '/tasks') => {
  history.replaceState(null, '', address);
  const counts: Record<string, number> = {};
  for (const { state } of cards) counts[state] = (counts[state] ?? 0) + 1;
  const page = document.createElement('hive-tasks-page');
  page.live = live;
  page.desk = {
    taskCounts: async () => ({ counts }),
    taskCards: async ({ states }: { states: string[] }) => ({
      items: cards.filter(({ state }) => states.includes(state)),
      next: null,
    }),
    ...more,
  } as unknown as RoomDesk;
  document.body.append(page);
  await page.updateComplete;
  await vi.waitFor(() => expect(page.renderRoot.querySelector('.sleeping')).toBeNull());
  await vi.waitFor(() => expect(page.renderRoot.querySelector('hive-task-lane, hive-notice')).not.toBeNull());
  return page;
};
type Page = Awaited<ReturnType<typeof show>>;
const lane = (page: Page, name: string) => {
  const found = [...page.renderRoot.querySelectorAll('hive-task-lane')].find((it) => it.lane.id === name);
  if (!found) throw new Error(`no column ${name}`);
  return found;
};
const titles = (page: Page, name: string) =>
  [...lane(page, name).renderRoot.querySelectorAll('hive-task-card')].map((it) => it.card.title);
const text = (element: Element) => element.shadowRoot?.textContent.replace(/\s+/g, ' ') ?? '';

// Wide enough for all columns: one that is not in sight holds no cards.
beforeEach(() => view.viewport(1280, 800));

afterEach(() => {
  document.body.replaceChildren();
  history.replaceState(null, '', began);
});

test('tasks stand by state, and say what they wait for and who works on them', async () => {
  const page = await show([
    card('a', 'working', { agent: 'worker-1' }),
    card('b', 'pending', { blockedBy: [{ id: 'a', key: 'key-a', status: 'working' }] }),
    card('c', 'refused', {
      code: 'checks.red',
      reason: '3 tests fail',
      status: 'refused',
      author: 'oracle',
      attempts: 1,
    }),
  ]);
  await vi.waitFor(() => expect(titles(page, 'claimed')).toEqual(['Title a']));
  const cards = await vi.waitFor(() => {
    const found = ['claimed', 'waiting', 'failed'].map((it) =>
      lane(page, it).renderRoot.querySelector('hive-task-card'),
    );
    const said = ['worker-1', 'needs key-a', 'checks.red 3 tests fail'];
    for (const [at, it] of found.entries()) expect(it && text(it)).toContain(said[at]);
    return found;
  });
  expect(cards[2]?.renderRoot.querySelector('hive-number')?.text).toBe('attempt 2');
  expect(lane(page, 'failed').renderRoot.querySelector('hive-number')?.query).toMatchObject({
    types: expect.arrayContaining(['task.refused']) as string[],
  });
});

test('a task that moves under the hand stays and says where it is; new ones wait behind a button', async () => {
  const page = await show([card('a', 'ready'), card('b', 'pending')]);
  await vi.waitFor(() => expect(titles(page, 'ready')).toEqual(['Title a']));
  const ready = lane(page, 'ready');
  ready.renderRoot.querySelector('.scroller')?.dispatchEvent(new Event('pointerenter'));
  const event = (type: string, id: string, data: object) =>
    ({ type, stream: `task/${id}`, at: '2026-01-01T00:00:09.000Z', data }) as unknown as HiveEvent;
  tell({
    kind: 'events',
    events: [event('task.claimed', 'a', { step: 'work', agent: 'worker-1' }), event('task.ready', 'b', {})],
  });
  await vi.waitFor(() => expect(titles(page, 'claimed')).toEqual(['Title a']));
  expect(titles(page, 'ready')).toEqual(['Title a']);
  const pill = await vi.waitFor(() => {
    const found = ready.renderRoot.querySelector<HTMLButtonElement>('.pill');
    expect(found?.textContent).toBe('1 new');
    return found;
  });
  pill?.click();
  await vi.waitFor(() => expect(titles(page, 'ready')).toEqual(['Title b']));
});

test('of thousands of tasks only those in sight are in the document', async () => {
  const many = Array.from({ length: 5000 }, (_, n) => card(String(n).padStart(5, '0'), 'merged', { status: 'merged' }));
  const page = await show(many);
  await vi.waitFor(() => expect(titles(page, 'done').length).toBeGreaterThan(3));
  expect(titles(page, 'done').length).toBeLessThan(60);
  const scroller = lane(page, 'done').renderRoot.querySelector('.scroller')!;
  scroller.scrollTop = scroller.scrollHeight;
  await vi.waitFor(() => expect(titles(page, 'done').at(-1)).toBe('Title 00000'));
});

test('a verb asks first and is done with the note', async () => {
  const retry = vi.fn(() => Promise.resolve({ status: 'pending' }));
  const page = await show([card('c', 'refused')], { retry });
  const found = await vi.waitFor(() => {
    const it = lane(page, 'failed').renderRoot.querySelector('hive-task-card');
    expect(it?.shadowRoot?.querySelector('hive-menu')?.items).toHaveLength(3);
    return it;
  });
  const items = found?.shadowRoot?.querySelector('hive-menu')?.items ?? [];
  expect(items.map(({ why }) => why !== undefined)).toEqual([false, true, false]);
  items[0]?.act();
  const ask = await vi.waitFor(() => {
    const it = document.querySelector('hive-ask')?.shadowRoot;
    expect(it?.querySelector('textarea')).toBeTruthy();
    return it!;
  });
  const note = ask.querySelector('textarea')!;
  note.value = 'mind the leap days';
  note.dispatchEvent(new Event('input'));
  expect(retry).not.toHaveBeenCalled();
  ask.querySelector<HTMLButtonElement>('.primary')?.click();
  await vi.waitFor(() => expect(retry).toHaveBeenCalledWith('c', { note: 'mind the leap days' }));
});

test('a Hive without tasks says the next step, and one that does not answer says so', async () => {
  expect((await show([])).renderRoot.querySelector('hive-notice')?.heading).toBe('No tasks yet');
  const page = await show([], { taskCounts: () => Promise.reject(new Error('Hive does not answer')) });
  expect(page.renderRoot.querySelector('hive-notice')?.said).toBe('Hive does not answer');
});

test('on a phone only the chosen column holds cards, and another one gets them when it is chosen', async () => {
  await view.viewport(390, 844);
  const page = await show([card('a', 'working'), card('b', 'pending')]);
  await vi.waitFor(() => expect(titles(page, 'claimed')).toEqual(['Title a']));
  expect(titles(page, 'waiting')).toEqual([]);
  page.renderRoot.querySelector('hive-tabs')?.dispatchEvent(new CustomEvent('hive-tab', { detail: 'waiting' }));
  await vi.waitFor(() => expect(titles(page, 'waiting')).toEqual(['Title b']));
});

test('a column that the address names is brought into sight', async () => {
  await view.viewport(800, 800);
  const page = await show([card('a', 'working'), card('c', 'refused')], {}, '/tasks?lane=failed');
  const board = page.renderRoot.querySelector('.board');
  await vi.waitFor(() => {
    const { right } = lane(page, 'failed').getBoundingClientRect();
    expect(right).toBeLessThanOrEqual((board?.getBoundingClientRect().right ?? 0) + 1);
  });
  expect(board?.scrollLeft).toBeGreaterThan(0);
});
