import { expect, test, vi } from 'vitest';
import { openDashboard } from './testing/dashboard.ts';

test('the board is asked by states and counted, beside single tasks', async () => {
  const taskCards = vi.fn(() => Promise.resolve({ items: [], next: null }));
  const taskCounts = vi.fn(() => Promise.resolve({ counts: { ready: 3 } }));
  const { ask } = openDashboard({ taskCards, taskCounts });
  expect(await (await ask('/api/v1/tasks/counts?workflow=abc')).json()).toEqual({ counts: { ready: 3 } });
  expect(taskCounts).toHaveBeenCalledWith({ workflow: 'abc' });
  expect((await ask('/api/v1/tasks/cards?state=ready,working&limit=7')).status).toBe(200);
  expect(taskCards).toHaveBeenCalledWith({ states: ['ready', 'working'], limit: 7 });
  const strange = await ask('/api/v1/tasks/cards?state=ready,asleep');
  expect([strange.status, await strange.json()]).toMatchObject([
    400,
    { code: 'input.invalid', detail: expect.stringContaining('There is no state asleep') as string },
  ]);
});

test('figures are asked for an hour, a day or seven, and for nothing else', async () => {
  const figures = vi.fn(() => Promise.resolve({} as never));
  const { ask } = openDashboard({ figures });
  await ask('/api/v1/system/figures?window=7d');
  expect(figures).toHaveBeenCalledWith({ window: '7d' });
  expect((await ask('/api/v1/system/figures?window=8d')).status).toBe(400);
});
