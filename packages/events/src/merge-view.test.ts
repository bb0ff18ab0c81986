import { expect, test } from 'vitest';
import { foldStream, openIntents, type MergeView } from './heads.ts';
import type { Fact } from './task-view.ts';

const stream = 'merge/r:hive/x';
const sha = (n: number) => String(n).repeat(40);
const of = (taskId: string) => ({ taskId, workflowId: 'w', branch: 'hive/x', attempt: 1, token: 2, lead: 'a' });
const fold = (...events: readonly object[]) =>
  events.reduce<MergeView | undefined>(
    (view, event) => foldStream(view ?? null, { stream, at: '', ...event } as Fact) as MergeView,
    undefined,
  );
const batch = { from: sha(1), to: sha(4) };
const intended = (taskId: string, from: number, to: number, more: object = { batch }) => ({
  type: 'merge.intended',
  data: { ...of(taskId), from: sha(from), to: sha(to), ...more },
});
const completed = (taskId: string, commit: number) => ({
  type: 'merge.completed',
  data: { ...of(taskId), commit: sha(commit), into: null },
});
const rejected = (taskId: string) => ({ type: 'merge.rejected', data: of(taskId) });
const openOf = (...events: readonly object[]) => openIntents(fold(...events)).map(({ taskId }) => taskId);

test('the intents of changes that go in together stay until the outcome of each is told', () => {
  const all = [intended('a', 1, 2), intended('b', 2, 3), intended('c', 3, 4)];
  expect(openOf(...all)).toEqual(['a', 'b', 'c']);
  expect(openOf(...all, completed('b', 3))).toEqual(['a', 'c']);
  expect(openOf(...all, rejected('a'))).toEqual(['b', 'c']);
  const done = [...all, completed('b', 3), completed('c', 4), completed('a', 2)];
  expect(fold(...done)).toEqual({ branch: 'hive/x', tip: sha(4), intent: null, into: null });
});

test('an intent that does not follow the one before begins anew, and one by itself is what it always was', () => {
  expect(openOf(intended('a', 1, 2), intended('b', 1, 4))).toEqual(['b']);
  expect(openOf(intended('a', 1, 2, {}), intended('b', 2, 3, {}))).toEqual(['b']);
  expect(fold(intended('a', 1, 2, {}), completed('a', 2))).toMatchObject({ tip: sha(2), intent: null });
  expect(fold(intended('a', 1, 2, {}), rejected('a'))).toMatchObject({ tip: null, intent: null });
});
