import { expect, test } from 'vitest';
import { stepsOfColumns, traceRow, type TraceColumns } from '@hive/events';
import { makeRepo, nobody, openHouse, patch } from './testing/house.ts';

const accepted = async () => {
  const house = await openHouse();
  const { id } = await house.desk.submit({ goal: 'Two', repo: makeRepo().dir, patch, checks: ['true'] });
  await house.start(id);
  return { ...house, id };
};

/** The columns as rows again, with the position of the cause. */
const rowsOf = (columns: TraceColumns) => {
  const text = (index: number | undefined) => columns.strings[index ?? -1];
  let [position, at] = [0, 0];
  return columns.positions.map((delta, row) => {
    position += delta;
    at += columns.times[row] ?? NaN;
    const cause = columns.causes[row] ?? NaN;
    const flags = columns.flags[row] ?? NaN;
    return {
      ...{ id: columns.ids.slice(32 * row, 32 * row + 32), position, at, cause: cause === 0 ? null : position - cause },
      ...{ type: text(columns.types[row]), actor: text(columns.actors[row]), subject: text(columns.subjects[row]) },
      ...{ words: text(columns.words[row]), step: stepsOfColumns[(columns.steps[row] ?? 0) - 1] ?? null },
      ...{ tookMs: columns.took[row], isError: (flags & 1) > 0, isTask: (flags & 2) > 0, byModel: (flags & 4) > 0 },
    };
  });
};

test('the columns of a trace say what its events say, in any number of parts', async () => {
  const { desk, id } = await accepted();
  const events = await desk.trace(id);
  const positions = new Map(events.map((event) => [event.id, event.position]));
  const expected = events.map((event) => {
    const { causationId, ...row } = traceRow(event);
    return { ...row, id: row.id.replaceAll('-', ''), cause: positions.get(causationId ?? '') ?? null };
  });
  expect(rowsOf(await desk.traceColumns(id))).toEqual(expected);
  expect(expected.some(({ cause }) => cause !== null)).toBe(true);

  const parts: unknown[] = [];
  for (let after: number | null = 0; after !== null;) {
    const part: TraceColumns = await desk.traceColumns(id.slice(-8), { after, limit: 2 });
    expect(part.positions.length).toBeLessThanOrEqual(2);
    parts.push(...rowsOf(part));
    after = part.next === null ? null : Number(part.next);
  }
  expect(parts).toEqual(expected);
});

test('nothing is drawn of a trace that there is not, and what is after the end is empty', async () => {
  const { desk, id } = await accepted();
  await expect(desk.traceColumns(nobody)).rejects.toMatchObject({ code: 'input.unknown_id' });
  const last = (await desk.trace(id)).at(-1);
  expect(await desk.traceColumns(id, { after: last?.position ?? 0 })).toMatchObject({ next: null, positions: [] });
});

test('one event is read by its id', async () => {
  const { desk, id } = await accepted();
  const [first] = await desk.trace(id);
  expect(await desk.event(first?.id ?? '')).toEqual(first);
  await expect(desk.event(nobody)).rejects.toMatchObject({ code: 'input.unknown_id' });
});
