import { expect, test } from 'vitest';
import { plainOutput } from './plain-output.ts';

const bytes = (text: string) => new TextEncoder().encode(text);

test('colours, cursor moves and titles are left out, and the text stays', () => {
  const said = '\u001b[32m✔\u001b[39m ok\r\n\u001b]0;title\u0007\u001b[2K\u001b[1Adone <b>\n';
  expect(plainOutput(bytes(said))).toEqual({ text: '✔ ok\ndone <b>\n', leftOut: 0 });
});

test('of a long output the end is shown from the beginning of a line on', () => {
  const { text, leftOut } = plainOutput(bytes('first line\nsecond line\nthird line\n'), 20);
  expect(text).toBe('third line\n');
  expect(leftOut).toBe('first line\nsecond line\n'.length);
});

test('one line of many megabytes is cut, and costs nothing that grows with the tries', () => {
  const { text, leftOut } = plainOutput(bytes('x'.repeat(10_000_000)));
  expect(text).toHaveLength(64_000);
  expect(leftOut).toBe(10_000_000 - 64_000);
});
