import { expect, test } from 'vitest';
import { patchText } from './patch-text.ts';

test('a patch in UTF-8 is handed in as it is', () => {
  expect(patchText(Buffer.from('+žluťoučký\r\n'), 'x.patch')).toBe('+žluťoučký\r\n');
});

test('a patch in another encoding is not handed in with other bytes than it has', () => {
  expect(() => patchText(Buffer.from('+caf\xe9\n', 'latin1'), 'x.patch')).toThrow(
    expect.objectContaining({ code: 'patch.malformed', message: expect.stringMatching(/^x\.patch is not UTF-8/) }),
  );
});
