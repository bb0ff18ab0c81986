import { expect, test } from 'vitest';
import { logRows } from './log-rows.ts';

const store = (...position: number[]) => ({ rows: position.length, position: Float64Array.from([...position, 0, 0]) });

test('lines stand in log order, also where live events came before the rest was read', () => {
  expect(logRows(store(1, 2, 3), null).rows).toEqual([0, 1, 2]);
  expect(logRows(store(7, 1, 2), null).rows).toEqual([1, 2, 0]);
});

test('what a filter hides is counted, and a row that it does not know yet waits', () => {
  expect(logRows(store(1, 2, 3), Uint8Array.of(0, 1))).toEqual({ rows: [1], older: 0, hidden: 2 });
});

test('of more lines than can be shown the newest are, and the others are counted', () => {
  expect(logRows(store(1, 2, 3, 4), null, 3)).toEqual({ rows: [1, 2, 3], older: 1, hidden: 0 });
});
