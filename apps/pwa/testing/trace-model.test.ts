import { expect, test } from 'vitest';
import { tellStory } from './stories.ts';
import { activeMs } from '../src/features/traces/phases.ts';
import { isRunning, joinEvents, traceOf } from '../src/features/traces/trace-model.ts';

const now = Date.parse('2026-03-01T12:00:00Z');
const story = tellStory(now);
const all = [...story.past, ...story.future];
const eventsOf = (id: string, of = all) => of.filter(({ correlationId }) => correlationId === id);

test('the header of a trace is folded from its events alone', () => {
  const { result, errors, rows } = traceOf(eventsOf(story.ids.example));
  expect(result).toMatchObject({ status: 'failed', merged: 6, example: true });
  expect(result?.tasks.map(({ key, status, code }) => [key, status, code])).toEqual([
    ['parse-dates', 'merged', null],
    ['fast-path', 'refused', 'checks.red'],
    ['iso-weeks', 'merged', null],
    ['week-labels', 'refused', 'patch.conflict'],
    ['end-of-month', 'merged', null],
    ['month-series', 'merged', null],
    ['add-duration', 'merged', null],
    ['guide', 'merged', null],
    ['doc-examples', 'completed', null],
    ['tidy', 'refused', 'paths.outside'],
  ]);
  expect(errors).toBe(4);
  expect(rows).toHaveLength(eventsOf(story.ids.example).length);
});

test('an event that comes twice changes nothing, and one that comes late takes its place in the log', () => {
  const events = eventsOf(story.ids.failed);
  expect(joinEvents(events, events.slice(3, 9))).toBe(events);
  const without = events.filter((_, index) => index !== 5);
  expect(joinEvents(without, [...events.slice(5, 6), ...events.slice(5, 6)])).toEqual(events);
});

test('a trace that was followed live is the same as one that was loaded at its end', () => {
  let known: ReturnType<typeof eventsOf> = eventsOf(story.ids.running, story.past.slice());
  for (const event of eventsOf(story.ids.running, story.future.slice())) known = [...joinEvents(known, [event])];
  expect(traceOf(known)).toEqual(traceOf(eventsOf(story.ids.running)));
});

test('phases of a task do not overlap, and only the last one of an open task is open', () => {
  for (const id of Object.values(story.ids)) {
    const trace = traceOf(eventsOf(id));
    for (const { phases } of trace.bars.values()) {
      const open = phases.filter(({ to }) => to === null);
      expect(open.length).toBeLessThanOrEqual(isRunning(trace) ? 1 : 0);
      phases.slice(1).forEach((phase, index) => expect(phase.from).toBe(phases[index]?.to));
    }
  }
});

test('the time of a model is a model’s, the time in the queue is nobody’s', () => {
  const trace = traceOf(eventsOf(story.ids.failed));
  const task = trace.result?.tasks.find(({ key }) => key === 'leap-days');
  const bar = trace.bars.get(task?.id ?? '');
  expect(bar?.phases.map(({ kind }) => kind)).toEqual([
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
  expect(bar && activeMs(bar, now)).toBe(5200 + 1920 + 2400 + 54);
});

test('the trace of a process has rows and no result', () => {
  const registered = all.find(({ type }) => type === 'agent.registered');
  const trace = traceOf(registered ? [registered] : []);
  expect(trace.result).toBeNull();
  expect(trace.rows).toHaveLength(1);
  expect(isRunning(trace)).toBe(false);
});

test('a trace that this version cannot fold still has its rows', () => {
  const events = eventsOf(story.ids.example).filter(({ type }) => type !== 'task.ready');
  const trace = traceOf(events);
  expect(trace.result).toBeNull();
  expect(trace.rows).toHaveLength(events.length);
});
