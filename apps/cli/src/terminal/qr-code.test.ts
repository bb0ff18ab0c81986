import { generate } from 'lean-qr';
import { expect, test } from 'vitest';
import { qrLines } from './qr-code.ts';

const link = 'https://walnut.lan:4484/#pair=AbCdEfGhIjKlMnOpQrStUv';

/** The modules that lines of half blocks paint bright. */
const bright = (lines: readonly string[]): boolean[][] =>
  lines.flatMap((line) => {
    const bits = [...line].map((cell) => [' ', '▄', '▀', '█'].indexOf(cell));
    return [bits.map((bit) => (bit & 2) > 0), bits.map((bit) => (bit & 1) > 0)];
  });

test('a code is painted module by module with a bright border of two', () => {
  const rows = bright(qrLines(link, { invert: false }));
  const code = generate(link);
  for (let y = 0; y < code.size; y++)
    for (let x = 0; x < code.size; x++) expect(rows[y + 2]?.[x + 2], `${x},${y}`).toBe(!code.get(x, y));
  expect(rows[0]?.every(Boolean)).toBe(true);
  // An odd number of rows leaves the lower half of the last line empty.
  expect(rows.slice(0, code.size + 4).every((row) => row[0] && row[1])).toBe(true);
});

test('on a bright terminal the dark is painted', () => {
  const [plain, inverted] = [bright(qrLines(link, { invert: false })), bright(qrLines(link, { invert: true }))];
  expect(inverted[5]?.map((it) => !it)).toEqual(plain[5]);
});

test('a link to pair fits a terminal of 80 columns and 24 lines', () => {
  const lines = qrLines(link, { invert: false });
  expect([lines.length <= 24, (lines[0]?.length ?? 99) <= 80]).toEqual([true, true]);
});
