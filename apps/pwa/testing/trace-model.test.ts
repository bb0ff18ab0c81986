import { expect, test } from 'vitest';
import { traceColumns, traceRow, type HiveEvent } from '@hive/events';
import { activeMs } from '../src/features/traces/phases.ts';
import { joinEvents } from '../src/features/traces/trace-model.ts';
import { barOf } from '../src/features/traces/waterfall/bar-of.ts';
import { TraceStore } from '../src/features/traces/waterfall/trace-store.ts';
import { barsOf } from './bars-of.ts';
import { tellStory } from './stories.ts';

const now = Date.parse('2026-03-01T12:00:00Z');
const story = tellStory(now);
const all = [...story.past, ...story.future];
const eventsOf = (id: string, of = all) => of.filter(({ correlationId }) => correlationId === id);
const storeOf = (events: readonly HiveEvent[]): TraceStore => {
  const store = new TraceStore();
  const columns = traceColumns(events[0]?.correlationId ?? '', events.map(traceRow), {
    ...{ next: null, positionOf: () => undefined },
  });
  store.apply(columns);
  return store;
};

test('an event that comes twice changes nothing, and one that comes late takes its place in the log', () => {
  const events = eventsOf(story.ids.failed);
  expect(joinEvents(events.slice(0, 5), events.slice(5))).toEqual(events);
  expect(joinEvents(events, events.slice(3, 9))).toBe(events);
  const without = events.filter((_, index) => index !== 5);
  expect(joinEvents(without, [...events.slice(5, 6), ...events.slice(5, 6)])).toEqual(events);
});

test('the bars of every subject are those of its events, and only the last phase of an open one is open', () => {
  for (const id of Object.values(story.ids)) {
    const events = eventsOf(id);
    const store = storeOf(events);
    for (const [subject, bar] of barsOf(events)) {
      expect(barOf(store, subject)).toEqual(bar);
      bar.phases.slice(1).forEach((phase, index) => expect(phase.from).toBe(bar.phases[index]?.to));
    }
    expect(barOf(store, 'nobody')).toEqual({ phases: [], endedBadlyAt: null });
  }
});

test('the time of a model is a model’s, the time in the queue is nobody’s', () => {
  const events = eventsOf(story.ids.failed);
  const created = events.find(
    ({ type, data }) => type === 'task.created' && JSON.stringify(data).includes('leap-days'),
  );
  const bar = barOf(storeOf(events), (created?.data as { taskId: string }).taskId);
  expect(bar.phases.map(({ kind }) => kind)).toEqual([
    'needs',
    'queued',
    'model',
    'queued',
    'check',
    'queued',
    'review',
    'queued',
    'merge',
  ]);
  expect(activeMs(bar, now)).toBe(5200 + 1920 + 2400 + 54);
});
