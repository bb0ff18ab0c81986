import { traceColumns, traceRow, upcast, type HiveEvent } from '@hive/events';
import { expect, test } from 'vitest';
import { RowLayout } from '../src/features/traces/waterfall/row-layout.ts';
import { spanOf } from '../src/features/traces/waterfall/row-facts.ts';
import { TraceStore } from '../src/features/traces/waterfall/trace-store.ts';
import { tellStory } from './stories.ts';

const drawn = (events: readonly HiveEvent[]) => {
  const store = new TraceStore();
  store.apply(traceColumns('c', events.map(traceRow), { next: null, positionOf: () => undefined }));
  const layout = new RowLayout();
  layout.update(store, new Set(), null);
  return { store, layout };
};

test('what a newer Hive tells is shown as a row without words, and all else is drawn as before', () => {
  const { past, ids } = tellStory(Date.parse('2026-01-01T12:00:00.000Z'));
  // With room between them, where a newer Hive records more.
  const known = past
    .filter((event) => event.correlationId === ids.failed)
    .map((event) => ({ ...event, position: 4 * event.position }));
  const newer = known.flatMap((event, index): HiveEvent[] => {
    const about = { ...event, id: `newer ${index}`, causationId: event.id };
    // As they come from a server: types of no catalogue, and known ones in a version that is not known.
    const told = [
      { ...about, position: event.position + 1, type: 'task.teleported', data: { taskId: 7 } },
      { ...about, position: event.position + 2, id: `version ${index}`, data: { v: 2 } },
    ] as unknown as HiveEvent[];
    return [event, ...told.map((it) => upcast(it))];
  });
  const [before, after] = [drawn(known), drawn(newer)];
  expect(after.store.errors).toBe(before.store.errors);
  expect(after.layout.count).toBe(3 * before.layout.count);
  const strange = Array.from({ length: after.store.rows }, (_, row) => row).filter(
    (row) => (after.store.position[row] ?? 0) % 4 !== 0,
  );
  expect(strange).toHaveLength(2 * known.length);
  expect(strange.map((row) => after.store.textOf('words', row)).join('')).toBe('');
  const { from, to } = spanOf(after.store, strange[0] ?? -1, 0);
  expect(to).toBe(from);
});
