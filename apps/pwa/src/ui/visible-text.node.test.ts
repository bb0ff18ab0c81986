import { expect, test } from 'vitest';
import { visibleLine, visibleText } from './visible-text.ts';

test('what reorders or hides text is shown as an escape', () => {
  expect(visibleText('rm \u202etxt.exe')).toBe('rm \\u{202e}txt.exe');
  expect(visibleText('a\u200bb\u0000c\u001b[31m')).toBe('a\\u{200b}b\\u{0}c\\u{1b}[31m');
  expect(visibleText('tag\u{e0041}')).toBe('tag\\u{e0041}');
  expect(visibleText('half \ud800!')).toBe('half \\u{d800}!');
});

test('ordinary text in any script stays as it is', () => {
  const text = 'Größe, 日本語, שלום, 👩‍🚀'.replace('\u200d', '');
  expect(visibleText(text)).toBe(text);
  expect(visibleText('a\n\tb')).toBe('a\n\tb');
  expect(visibleLine('a\n\tb')).toBe('a b');
});
