import type { TaskResult } from '@hive/events';
import { expect, test } from 'vitest';
import { retryTasks } from './retry-tasks.ts';

const tasks = ['a', 'b', 'c'].map((key) => ({ id: `id-${key}`, key })) as TaskResult[];

test('every task is asked for with the note, and a refusal of one keeps none of the others', async () => {
  const asked: unknown[] = [];
  const desk = {
    retry: (id: string, options?: object) => {
      asked.push([id, options]);
      return id === 'id-b'
        ? Promise.reject(Object.assign(new Error('Task b is working'), { code: 'input.state' }))
        : (Promise.resolve({}) as never);
    },
  };
  const error: unknown = await retryTasks(desk, tasks, 'mind the gap').catch((it: unknown) => it);
  expect(asked).toEqual(tasks.map(({ id }) => [id, { note: 'mind the gap' }]));
  expect(error).toMatchObject({
    code: 'input.state',
    message: 'Not retried: b. Task b is working. 2 of 3 tasks begin anew all the same.',
  });
  const [a, b] = tasks as [TaskResult, TaskResult];
  await expect(retryTasks(desk, [b], '', [a])).resolves.toBeUndefined();
  await expect(retryTasks(desk, [a], '', [b])).resolves.toBeUndefined();
  await expect(retryTasks(desk, [tasks[0] as TaskResult], '')).resolves.toBeUndefined();
  expect(asked.at(-1)).toEqual(['id-a', {}]);
});
