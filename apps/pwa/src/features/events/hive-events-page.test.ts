import { afterEach, expect, test, vi } from 'vitest';
import type { DeadLetter, HiveEvent } from '@hive/events';
import type { RoomDesk } from '../../data/desk.ts';
import { toldLive } from '../../data/told-live.ts';
import './hive-events-page.ts';
import './hive-dead-letters.ts';

const event = (position: number, more: object = {}) =>
  ({
    ...{ id: `e${position}`, position, type: 'task.ready', actor: 'orchestrator/queen', stream: 'task/t', version: 1 },
    ...{ correlationId: 'c', causationId: null, at: new Date(position * 1000).toISOString(), data: { taskId: 't' } },
    ...more,
  }) as unknown as HiveEvent;

const { live, tell } = toldLive();
const began = location.href;

const show = async (desk: object, address = '/events') => {
  history.replaceState(null, '', address);
  const page = document.createElement('hive-events-page');
  page.live = live;
  page.desk = desk as RoomDesk;
  document.body.append(page);
  await page.updateComplete;
  await vi.waitFor(() => expect(page.renderRoot.querySelector('hive-skeleton')).toBeNull());
  return page;
};
const types = (page: Element) => [...(page.shadowRoot?.querySelectorAll('.type') ?? [])].map((it) => it.textContent);
const buttons = (root: ParentNode | null) => [...(root?.querySelectorAll('button') ?? [])];
const button = (root: ParentNode | null, name: RegExp) =>
  buttons(root).find((it) => name.test(it.textContent.replace(/\s+/g, ' ')));

afterEach(() => {
  document.body.replaceChildren();
  history.replaceState(null, '', began);
});

test('new events come on top, wait while the focus is inside, and are asked for by the address', async () => {
  const events = vi.fn(() =>
    Promise.resolve({
      items: [event(2), event(1, { type: 'task.created', data: { spec: { title: 'T' } } })],
      next: '1',
    }),
  );
  const page = await show({ events }, '/events?type=task.*&until=2030-01-31T00:00:00.000Z');
  expect(events).toHaveBeenCalledWith(
    expect.objectContaining({ newest: true, types: ['task.*'], before: '2030-01-31T00:00:00.001Z' }),
  );
  expect(types(page)).toEqual(['task.ready', 'task.created']);
  page.renderRoot.querySelector<HTMLElement>('a.row')?.focus();
  tell({
    kind: 'events',
    events: [
      event(3, { type: 'task.blocked', data: { code: 'need.failed', reason: 'r' } }),
      event(4, { type: 'merge.completed', data: {} }),
    ],
  });
  await vi.waitFor(() => expect(button(page.renderRoot, /^\s*1 new event/)).toBeDefined());
  expect(types(page)).toEqual(['task.ready', 'task.created']);
  button(page.renderRoot, /1 new event/)?.click();
  await page.updateComplete;
  expect(types(page)).toEqual(['task.blocked', 'task.ready', 'task.created']);
  button(page.renderRoot, /Load older/)?.click();
  await vi.waitFor(() => expect(events).toHaveBeenLastCalledWith(expect.objectContaining({ after: 1 })));
});

test('of a long list what is in sight is drawn, and what comes takes the elements of what leaves; what the focus is on keeps its own', async () => {
  const page = await show({ events: () => Promise.resolve({ items: [event(1)], next: null }) });
  const many = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, n) => event(from + n));
  const ids = () =>
    [...page.renderRoot.querySelectorAll('a.row')].map((it) =>
      new URL((it as HTMLAnchorElement).href).searchParams.get('sel'),
    );
  tell({ kind: 'events', events: many(2, 400) });
  await vi.waitFor(() => expect(ids()[0]).toBe('e400'));
  await vi.waitFor(() => expect(ids().length).toBeGreaterThan(Math.floor(innerHeight / 48) - 1));
  const rows = [...page.renderRoot.querySelectorAll('a.row')];
  expect(rows.length).toBeLessThanOrEqual(Math.ceil(innerHeight / 28));
  tell({ kind: 'events', events: many(401, 405) });
  await vi.waitFor(() => expect(ids()[0]).toBe('e405'));
  expect(ids()).toEqual(rows.map((_, n) => `e${405 - n}`));
  const after = [...page.renderRoot.querySelectorAll('a.row')];
  expect(new Set(after)).toEqual(new Set(rows));
  expect(after.indexOf(rows[0] as Element)).toBe(5);

  const held = after[2] as HTMLAnchorElement;
  held.focus();
  tell({ kind: 'events', events: many(406, 407) });
  await vi.waitFor(() => expect(button(page.renderRoot, /2 new events/)).toBeDefined());
  expect([ids()[2], page.shadowRoot?.activeElement]).toEqual(['e403', held]);
});

test('paused, nothing moves until it goes on', async () => {
  const page = await show({ events: () => Promise.resolve({ items: [event(1)], next: null }) });
  button(page.renderRoot, /Pause/)?.click();
  tell({ kind: 'events', events: [event(2), event(3)] });
  await vi.waitFor(() => expect(button(page.renderRoot, /Paused, 2 waiting/)).toBeDefined());
  expect(types(page)).toHaveLength(1);
  button(page.renderRoot, /Go on/)?.click();
  await page.updateComplete;
  expect(types(page)).toHaveLength(3);
});

test('an event is opened with its payload as text, also an older one of a link', async () => {
  const hostile = event(1, { data: { title: '<img src=x onerror=alert(1)>\u202e' } });
  const desk = {
    events: () => Promise.resolve({ items: [event(2)], next: null }),
    event: () => Promise.resolve(hostile),
  };
  const page = await show(desk, '/events?sel=e1');
  const sheet = await vi.waitFor(() => {
    const found = page.renderRoot.querySelector('hive-event-sheet');
    expect(found?.shadowRoot?.querySelector('pre')).toBeTruthy();
    return found;
  });
  expect(sheet?.shadowRoot?.querySelector('pre')?.textContent).toContain('<img src=x onerror=alert(1)>\\u{202e}');
  expect(sheet?.shadowRoot?.querySelector('img')).toBeNull();
  expect(sheet?.shadowRoot?.querySelector('a')?.getAttribute('href')).toBe('/traces/c?sel=e1');
});

test('an empty log, a filter that nothing fits, and a desk that does not answer say what is next', async () => {
  const none = () => Promise.resolve({ items: [], next: null });
  expect((await show({ events: none })).renderRoot.querySelector('hive-notice')?.heading).toBe('The log is empty');
  expect((await show({ events: none }, '/events?q=zzz')).renderRoot.querySelector('hive-notice')?.heading).toBe(
    'No event fits',
  );
  const page = await show({ events: () => Promise.reject(new Error('Hive does not answer')) });
  expect(page.renderRoot.querySelector('hive-notice')?.said).toBe('Hive does not answer');
});

const letter = (id: string, more: Partial<DeadLetter> = {}): DeadLetter => ({
  ...{ id, kind: 'task', what: `Task ${id}`, subscription: null, workflowId: 'w', status: 'given up' },
  ...{ code: 'rescues.exhausted', error: 'its agent vanished', attempts: 3, at: new Date().toISOString() },
  ...more,
});

test('dead letters are re-driven only after a yes, and all of them after they were counted', async () => {
  const outcome = (dryRun: boolean) => ({ items: [letter('a'), letter('b')], skipped: [], left: false, dryRun });
  const redrive = vi.fn((request: { dryRun?: boolean }) => Promise.resolve(outcome(request.dryRun ?? false)));
  const desk = {
    events: () => Promise.resolve({ items: [], next: null }),
    deadLetters: () => Promise.resolve({ items: [letter('a'), letter('b')], next: null }),
    redrive,
  };
  const page = await show(desk, '/events?view=dead-letters&kind=task');
  const list = await vi.waitFor(() => {
    const found = page.renderRoot.querySelector('hive-dead-letters');
    expect(found?.shadowRoot?.querySelectorAll('details')).toHaveLength(2);
    return found?.shadowRoot ?? null;
  });
  button(list, /Re-drive all of these/)?.click();
  const ask = await vi.waitFor(() => {
    const found = document.querySelector('hive-ask');
    expect(button(found?.shadowRoot ?? null, /^\s*Re-drive 2/)).toBeDefined();
    return found;
  });
  expect(redrive.mock.calls).toEqual([[{ kind: 'task', dryRun: true }]]);
  button(ask?.shadowRoot ?? null, /Re-drive 2/)?.click();
  await vi.waitFor(() => expect(redrive).toHaveBeenLastCalledWith({ kind: 'task' }));
});

test('a task that failed can be discarded, and what that comes to is said first', async () => {
  const failed = letter('a', { status: 'failed' });
  const discard = vi.fn(() => Promise.resolve({ items: [failed], skipped: [], left: false, dryRun: false }));
  const desk = {
    events: () => Promise.resolve({ items: [], next: null }),
    deadLetters: () => Promise.resolve({ items: [failed], next: null }),
    discard,
  };
  const page = await show(desk, '/events?view=dead-letters');
  const row = await vi.waitFor(() => {
    const found = page.renderRoot.querySelector('hive-dead-letters')?.shadowRoot?.querySelector('details') ?? null;
    expect(found).not.toBeNull();
    return found;
  });
  button(row, /^\s*Discard\s*$/)?.click();
  const ask = await vi.waitFor(() => {
    const found = document.querySelector('hive-ask');
    expect(found?.shadowRoot?.textContent).toContain('stays failed and leaves this list');
    return found;
  });
  button(ask?.shadowRoot ?? null, /Discard it/)?.click();
  await vi.waitFor(() => expect(discard).toHaveBeenCalledWith({ id: 'a' }));
});
