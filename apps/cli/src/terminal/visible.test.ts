import { expect, test } from 'vitest';
import { oneLine, visible } from './visible.ts';

test('an escape sequence is shown instead of obeyed', () => {
  expect(visible('\u001b[31mred\u0007')).toBe('\\x1b[31mred\\x07');
});

test('text cannot turn around or hide', () => {
  expect(visible('if (admin\u202e)\u2066 { \u200b}')).toBe('if (admin\\u202e)\\u2066 { \\u200b}');
});

test('a lone carriage return cannot overwrite the line, a line break stays', () => {
  expect(visible('a\r\nb\rc\n')).toBe('a\nb\\x0dc\n');
});

test('one line is one line', () => {
  expect(oneLine('first\n\n  second\tthird\n')).toBe('first second third');
});
