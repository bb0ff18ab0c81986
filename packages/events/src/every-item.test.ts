import { expect, test } from 'vitest';
import { everyItem } from './every-item.ts';

test('a list is read to its end, page by page and only as far as it is taken', async () => {
  const asked: (string | undefined)[] = [];
  const list = ({ after }: { readonly after?: string }) => {
    asked.push(after);
    const from = Number(after ?? 0);
    return Promise.resolve({ items: [from, from + 1], next: from + 2 < 6 ? String(from + 2) : null });
  };
  expect(await Array.fromAsync(everyItem(list))).toEqual([0, 1, 2, 3, 4, 5]);
  expect(asked).toEqual([undefined, '2', '4']);
  for await (const item of everyItem(list)) if (item === 1) break;
  expect(asked).toHaveLength(4);
});
