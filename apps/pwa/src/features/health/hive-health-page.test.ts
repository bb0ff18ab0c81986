import { afterEach, expect, test, vi } from 'vitest';
import type { Figures, Health } from '@hive/events';
import type { RoomDesk } from '../../data/desk.ts';
import { toldLive } from '../../data/told-live.ts';
import './hive-health-page.ts';

const { live } = toldLive();
const health: Health = {
  version: '0.1.0',
  database: { name: 'SQLite', version: 'SQLite 3', bytes: 5e6 },
  head: 1234,
  steps: { ready: 2, claimed: 1 },
  subscriptions: [{ name: 'queen', position: 1230 }],
  deadLetters: 0,
  paused: {},
  agents: 0,
  sandbox: 'bwrap',
  disk: null,
  horizon: null,
  verified: { at: new Date().toISOString(), holds: true, broken: [] },
};
const figures: Figures = {
  since: '2026-01-01T00:00:00.000Z',
  until: '2026-01-01T01:00:00.000Z',
  stepMs: 60_000,
  events: 60,
  eventsOver: new Array<number>(60).fill(1),
  agents: [],
  endpoints: [],
};
const show = async (more: object = {}) => {
  const page = document.createElement('hive-health-page');
  page.live = live;
  page.desk = {
    health: async () => health,
    agents: async () => [],
    boxes: async () => [],
    figures: async () => figures,
    session: async () => ({ may: ['read'] }),
    ...more,
  } as unknown as RoomDesk;
  document.body.append(page);
  await page.updateComplete;
  await vi.waitFor(() => expect(page.renderRoot.querySelector('hive-skeleton')).toBeNull());
  return page;
};
const text = (element: Element) => element.shadowRoot?.textContent.replace(/\s+/g, ' ') ?? '';

afterEach(() => document.body.replaceChildren());

test('a Hive that is well says so, with its figures and a drawn chart, also where the browser has no language', async () => {
  Object.defineProperty(navigator, 'language', { value: 'en-US@posix', configurable: true });
  const page = await show();
  expect(text(page)).toContain('Nothing is wrong');
  expect(text(page)).toContain('holds');
  const heads = [...page.renderRoot.querySelectorAll('hive-number')].map((it) => it.value);
  expect(heads).toEqual(expect.arrayContaining([1234, 2, 1, 4]));
  const chart = page.renderRoot.querySelector('hive-chart');
  await vi.waitFor(() => expect(chart?.shadowRoot?.querySelector('canvas')).toBeTruthy());
  expect(text(chart!)).toContain('events: 1 now, 1 at most.');
});

test('what is wrong stands first', async () => {
  const page = await show({
    health: async () => ({ ...health, deadLetters: 2, alerts: [{ alert: 'x', message: 'ash is slow\u202e' }] }),
  });
  const items = [...page.renderRoot.querySelectorAll('.problems li')].map((it) => it.textContent.replace(/\s+/g, ' '));
  expect(items).toHaveLength(2);
  expect(items[0]).toContain('ash is slow\\u{202e}');
  expect(items[1]).toContain('2 dead letters');
});

test('an alert is acknowledged after a yes, and is then told as seen', async () => {
  const acknowledged = { by: 'ada', at: new Date().toISOString(), reason: 'a new disk comes' };
  let seen = false;
  const acknowledge = vi.fn(async () => {
    seen = true;
    return { alert: 'x', message: 'ash is slow', acknowledged };
  });
  const alerts = () => [{ alert: 'x', message: 'ash is slow', ...(seen && { acknowledged }) }];
  const page = await show({
    health: async () => ({ ...health, alerts: alerts() }),
    session: async () => ({ may: ['read', 'work'] }),
    acknowledge,
  });
  const button = () => page.renderRoot.querySelector<HTMLButtonElement>('.problems button');
  await vi.waitFor(() => expect(button()).toBeTruthy());
  button()?.click();
  const ask = await vi.waitFor(() => {
    const found = document.querySelector('hive-ask')?.shadowRoot;
    expect(found?.querySelector('textarea')).toBeTruthy();
    return found;
  });
  const note = ask?.querySelector('textarea');
  if (note) note.value = 'a new disk comes';
  note?.dispatchEvent(new Event('input'));
  expect(acknowledge).not.toHaveBeenCalled();
  ask?.querySelector<HTMLButtonElement>('.primary')?.click();
  await vi.waitFor(() => expect(text(page)).toMatch(/Acknowledged by ada .*: a new disk comes/));
  expect(acknowledge).toHaveBeenCalledWith({ alert: 'x', reason: 'a new disk comes' });
  expect(button()).toBeNull();
});

test('parts that cannot be asked say so, and the others stand', async () => {
  const page = await show({ figures: () => Promise.reject(new Error('the log is away')) });
  await vi.waitFor(() =>
    expect([...page.renderRoot.querySelectorAll('hive-notice')].map((it) => it.said)).toContain('the log is away'),
  );
  expect(text(page)).toContain('Readers of the log');
});

test('a Hive that does not answer says so', async () => {
  const page = await show({ health: () => Promise.reject(new Error('Hive does not answer')) });
  expect(page.renderRoot.querySelector('hive-notice')?.said).toBe('Hive does not answer');
});
