import { userEvent } from 'vitest/browser';
import { LitElement } from 'lit';
import { customElement } from 'lit/decorators.js';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { HiveEvent } from '@hive/events';
import type { LiveNews, LiveStream } from '../data/live-stream.ts';
import { listenToKeys } from './keys.ts';
import type { Place, Room } from './places.ts';
import { Standing } from './standing.ts';
import './hive-strip.ts';

const began = location.href;
const acts = { help: vi.fn(), filter: vi.fn(() => true) };
let unlisten: () => void;

beforeEach(() => {
  unlisten = listenToKeys(acts);
});
afterEach(() => {
  unlisten();
  document.body.replaceChildren();
  history.replaceState(null, '', began);
  vi.clearAllMocks();
});

test('g and a letter go to a place, and keys are quiet while something is written', async () => {
  await userEvent.keyboard('gt');
  expect(location.pathname).toBe('/traces');
  await userEvent.keyboard('?/');
  expect(acts.help).toHaveBeenCalledOnce();
  expect(acts.filter).toHaveBeenCalledOnce();
  const field = document.createElement('input');
  document.body.append(field);
  field.focus();
  await userEvent.keyboard('gh?');
  expect(field.value).toBe('gh?');
  expect(location.pathname).toBe('/traces');
  expect(acts.help).toHaveBeenCalledOnce();
});

test('the second key of a place does not reach the page', async () => {
  const heard = vi.fn();
  addEventListener('keydown', heard);
  await userEvent.keyboard('gh');
  removeEventListener('keydown', heard);
  expect(heard.mock.calls.map(([event]) => (event as KeyboardEvent).key)).toEqual(['g']);
});

@customElement('test-framed')
class Framed extends LitElement {
  room!: Room;
  standing!: Standing;
}

test('numbers beside the menu follow their events, and so does the stop button', async () => {
  let tell: (news: LiveNews) => void = () => undefined;
  let waiting = 2;
  let paused: object = {};
  const room = {
    desk: {
      approvals: () => Promise.resolve({ items: Array.from({ length: waiting }), next: null }),
      health: () => Promise.resolve({ paused, steps: { claimed: 3 } }),
    },
    live: {
      follow: (listener: (news: LiveNews) => void) => {
        tell = listener;
        return () => undefined;
      },
    } as LiveStream,
  } as unknown as Room;
  const place = {
    path: '/approvals',
    menu: {
      badge: {
        load: async (desk: Room['desk']) => (await desk.approvals()).items.length,
        types: ['approval.*'],
        concerns: ({ type }: HiveEvent) => type.startsWith('approval.'),
        said: String,
      },
    },
  } as unknown as Place;
  const framed = new Framed();
  framed.standing = new Standing(framed, room, [place]);
  document.body.append(framed);
  tell({ kind: 'hello', missed: true, build: 'b' });
  await vi.waitFor(() => expect(framed.standing.countOf('/approvals')).toBe(2));
  expect(framed.standing.stopped).toBeNull();
  waiting = 1;
  paused = { all: { by: 'anna', at: '', reason: null } };
  const events = ['approval.decided', 'system.paused'].map((type) => ({ type }) as HiveEvent);
  tell({ kind: 'events', events });
  await vi.waitFor(() => expect(framed.standing.countOf('/approvals')).toBe(1));
  expect(framed.standing.stopped).toMatchObject({ running: 3 });
});

test('what came of a command is said as text, and dismissed', async () => {
  const strip = document.createElement('hive-strip');
  strip.connection = { state: 'offline', asOf: new Date('2030-01-31T14:02:11').getTime() };
  document.body.append(strip);
  await strip.updateComplete;
  expect(strip.renderRoot.textContent).toContain('data as of 14:02:11');
  strip.connection = { state: 'live' };
  const failed = { text: 'Not paused: \u202egone', tone: 'failed' } as const;
  strip.toasts = [failed];
  await strip.updateComplete;
  expect(strip.renderRoot.querySelector('[role=status]')?.textContent).toContain('Not paused: \\u{202e}gone');
  const read = vi.fn();
  strip.addEventListener('hive-read', (event) => read(event.detail));
  strip.renderRoot.querySelector('button')?.click();
  expect(read).toHaveBeenCalledWith(failed);
});
