import { upcast, type HiveEvent } from '@hive/events';
import { expect, test } from 'vitest';
import { tellStory } from './stories.ts';
import { eventWords } from '../src/features/traces/event-words.ts';
import { rowBar } from '../src/features/traces/row-bar.ts';
import { traceOf } from '../src/features/traces/trace-model.ts';

test('what a newer Hive tells is shown as a row without words, and all else is folded as before', () => {
  const { past, ids } = tellStory(Date.parse('2026-01-01T12:00:00.000Z'));
  const known = past.filter((event) => event.correlationId === ids.failed);
  const newer = known.flatMap((event, index): HiveEvent[] => {
    const about = { ...event, id: `newer ${index}`, causationId: event.id };
    // As they come from a server: types of no catalogue, and known ones in a version that is not known.
    const told = [
      { ...about, type: 'task.teleported', data: { taskId: 7 } },
      { ...about, id: `version ${index}`, data: { v: 2 } },
    ] as unknown as HiveEvent[];
    return [event, ...told.map((it) => upcast(it))];
  });
  const [before, after] = [traceOf(known), traceOf(newer)];
  expect(after.result).toEqual(before.result);
  expect(after.errors).toBe(before.errors);
  expect(after.bars).toEqual(before.bars);
  expect(after.rows).toHaveLength(3 * before.rows.length);
  const strange = after.rows.filter(({ event }) => !known.includes(event));
  expect(strange.map(({ event }) => eventWords(event)).join('')).toBe('');
  expect(strange.map((row) => rowBar(row, after).point)).not.toContain(null);
});
