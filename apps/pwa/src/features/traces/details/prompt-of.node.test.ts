import { expect, test } from 'vitest';
import { promptOf } from './prompt-of.ts';

test('a request is read turn by turn, with the files of its parts, and whatever is not as expected is left out', () => {
  const turns = promptOf(
    JSON.stringify({
      system: [{ text: 'You edit.' }],
      messages: [
        { role: 'user', parts: [{ text: 'Fix it', from: { repo: '/r', path: 'src/a.js' } }, { text: 7 }, null] },
        { role: 'assistant', parts: [], toolCalls: [{ name: 'read', input: { path: 'src/a.js' } }] },
        { role: 'tool', name: 'read', parts: [{ text: 'const a = 1;' }] },
      ],
    }),
  );
  expect(turns).toEqual([
    { who: 'system', of: [], text: 'You edit.' },
    { who: 'user', of: ['src/a.js'], text: 'Fix it\n' },
    { who: 'assistant', of: [], text: 'read {"path":"src/a.js"}' },
    { who: 'tool read', of: [], text: 'const a = 1;' },
  ]);
  for (const other of ['Task: fix it', 'null', '7', '{"messages":"no"}', '{}']) expect(promptOf(other)).toBeNull();
});
