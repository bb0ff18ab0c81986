import fc from 'fast-check';
import { expect, test } from 'vitest';
import { PositionIndex } from './position-index.ts';

test('every position is found where it came, in whatever order they came, and no other one', () => {
  const positions = fc.uniqueArray(fc.integer({ min: 1, max: 60 }), { maxLength: 40 });
  const sorted = fc.boolean();
  fc.assert(
    fc.property(positions, sorted, (found, inOrder) => {
      const rows = inOrder ? found.toSorted((a, b) => a - b) : found;
      const index = new PositionIndex((row) => rows[row] ?? NaN);
      for (let row = 0; row < rows.length; row += 1) {
        index.add(row);
        for (let position = 0; position <= 61; position += 1)
          expect(index.find(position), `${position} of ${rows.slice(0, row + 1).join(' ')}`).toBe(
            rows.slice(0, row + 1).indexOf(position),
          );
      }
    }),
    { numRuns: 60 },
  );
});
