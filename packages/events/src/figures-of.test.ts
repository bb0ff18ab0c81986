import { expect, test } from 'vitest';
import type { HiveEvent } from './catalogue.ts';
import { addNotes, figuresOf, noteOf, type Noted } from './figures-of.ts';

const until = Date.parse('2026-03-01T12:00:30Z');
const minutesAgo = (n: number) => new Date(until - n * 60_000).toISOString();
let position = 0;
const event = (type: string, at: string, data: object, actor = 'worker/worker-1') =>
  ({ id: `e${(position += 1)}`, type, at, actor, position, correlationId: 'c', data }) as unknown as HiveEvent;
const called = (at: string, data: object = {}) =>
  event('model.called', at, {
    ...{ provider: 'ollama', model: 'coder:7b', box: 'ash', destination: 'ash:11434', outcome: 'ok', source: 'live' },
    ...{ totalMs: 10_000, firstTokenMs: 500, queuedMs: 100, tokensPerS: 30, ...data },
  });
const hour = (events: readonly HiveEvent[], fromMs = 0) =>
  figuresOf(events.map(noteOf), { window: '1h', untilMs: until, fromMs });

test('what an agent did is counted by how it ended, and its last trouble is kept', () => {
  const { agents } = hour([
    event('task.submitted', minutesAgo(30), {}),
    event('task.checked', minutesAgo(3), {}),
    event('task.attempt_failed', minutesAgo(2), { code: 'model.timeout', reason: 'nothing came' }),
    event('task.lease_expired', minutesAgo(1), { agent: 'worker-1', reason: 'silent' }, 'orchestrator/queen'),
    event('task.review_completed', minutesAgo(1), { reviewer: { kind: 'human' } }, 'desk'),
    event('task.submitted', minutesAgo(61), {}),
  ]);
  expect(agents).toMatchObject([
    { agent: 'worker-1', good: 2, failed: 1, lost: 1, last: { type: 'task.lease_expired', text: 'silent' } },
  ]);
  expect(agents[0]?.goodOver.reduce((a, b) => a + b)).toBe(2);
  expect(agents[0]?.goodOver).toHaveLength(60);
});

test('a model at a place is told by its live calls alone', () => {
  const { endpoints, events } = hour([
    called(minutesAgo(5), { totalMs: 8000 }),
    called(minutesAgo(4), { totalMs: 12_000 }),
    called(minutesAgo(4), { totalMs: 90_000, outcome: 'model.timeout' }),
    called(minutesAgo(3), { source: 'replay', totalMs: 1 }),
    event('model.rate_limited', minutesAgo(2), { provider: 'ollama', model: 'coder:7b' }),
    event('model.rate_limited', minutesAgo(2), { provider: 'ollama', model: 'coder:7b', hit: false }),
  ]);
  expect(events).toBe(6);
  expect(endpoints).toHaveLength(1);
  expect(endpoints[0]).toMatchObject({ calls: 3, failed: 1, limited: 1, p50Ms: 12_000, tokensPerS: 30 });
  expect(endpoints[0]?.msOver.filter((it) => it !== null)).toEqual([8000, 12_000]);
});

test('calls that ran at once are the time that they took in each stretch', () => {
  const at = new Date(Date.parse('2026-03-01T11:58:30Z')).toISOString();
  const { endpoints } = hour([called(at, { totalMs: 60_000 }), called(at, { totalMs: 30_000 })]);
  expect(endpoints[0]?.runningOver.slice(-4)).toEqual([0.5, 1, 0, 0]);
});

test('seven days are told by the hour', () => {
  const days = 24 * 60;
  const events = [minutesAgo(6 * days), minutesAgo(6 * days), minutesAgo(1), minutesAgo(8 * days)];
  const figures = figuresOf(
    events.map((at) => noteOf(event('system.started', at, {}))),
    { window: '7d', untilMs: until, fromMs: 0 },
  );
  expect(figures).toMatchObject({ stepMs: 3_600_000, events: 3, since: '2026-02-22T13:00:00.000Z' });
  expect(figures.eventsOver).toHaveLength(7 * 24);
  expect(figures.eventsOver.filter((n) => n > 0)).toEqual([2, 1]);
});

test('it says from when on the log was read', () => {
  const from = until - 600_000;
  expect(hour([], from).since).toBe(new Date(from).toISOString());
  expect(hour([], 0).eventsOver).toEqual(new Array(60).fill(0));
});

test('events that tell nothing are kept as a count for each minute, and come to the same figures', () => {
  const events = [5, 5, 5, 4, 4].map((n) => event('task.ready', minutesAgo(n), {}));
  const all = [...events.slice(0, 2), called(minutesAgo(5)), ...events.slice(2)];
  const notes: Noted[] = [];
  addNotes(notes, all.slice(0, 4));
  addNotes(notes, all.slice(4));
  expect(notes).toHaveLength(4);
  expect(figuresOf(notes, { window: '1h', untilMs: until, fromMs: 0 })).toEqual(hour(all));
});
