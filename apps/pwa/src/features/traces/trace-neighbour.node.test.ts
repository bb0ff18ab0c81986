import { expect, test } from 'vitest';
import type { TraceSummary } from '@hive/events';
import { neighbourOf } from './trace-neighbour.ts';

const trace = (correlationId: string, status: TraceSummary['status'] = 'completed') =>
  ({ correlationId, status }) as TraceSummary;
/** Newest first, two on a page. */
const desk = (all: readonly TraceSummary[]) => ({
  traces: ({ after }: { readonly after?: string } = {}) => {
    const from = all.findIndex(({ correlationId }) => correlationId === after) + 1;
    const items = all.slice(from, from + 2);
    return Promise.resolve({ items, next: from + 2 < all.length ? (items.at(-1)?.correlationId ?? null) : null });
  },
});

test('the neighbours of a workflow are workflows, on whatever page they stand', async () => {
  const room = desk([trace('e'), trace('process', null), trace('d'), trace('c'), trace('b')]);
  expect(await neighbourOf(room, 'd', 'newer')).toBe('e');
  expect(await neighbourOf(room, 'e', 'older')).toBe('d');
  expect(await neighbourOf(room, 'e', 'newer')).toBeNull();
  expect(await neighbourOf(room, 'b', 'older')).toBeNull();
  expect(await neighbourOf(room, 'gone', 'newer')).toBeNull();
});
