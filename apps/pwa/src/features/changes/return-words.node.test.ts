import { expect, test } from 'vitest';
import { returningOf } from './return-words.ts';

const model = 'ollama:qwen3-coder:30b@walnut';

test('what waits goes back to its model, what ended badly begins anew', () => {
  expect(returningOf({ status: 'reviewed', author: model })).toMatchObject({ possible: true, event: 'task.returned' });
  expect(returningOf({ status: 'waiting', author: model })).toMatchObject({ possible: true, event: 'task.returned' });
  for (const status of ['refused', 'failed', 'infra', 'blocked', 'cancelled'] as const)
    expect(returningOf({ status, author: model })).toMatchObject({ possible: true, event: 'task.redriven' });
  expect(returningOf({ status: 'failed', author: null })).toMatchObject({ possible: true });
});

test('nothing is offered that nobody would hear, or that does not fit any more', () => {
  for (const author of ['human', 'oracle', 'tool'])
    expect(returningOf({ status: 'waiting', author })).toMatchObject({ possible: false });
  for (const status of ['working', 'checked', 'merged'] as const)
    expect(returningOf({ status, author: model })).toMatchObject({ possible: false });
});
