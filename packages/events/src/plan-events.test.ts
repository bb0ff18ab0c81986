import { expect, test } from 'vitest';
import { maxEventBytes } from './catalogue.ts';
import { assertRecordable } from './plan-events.ts';
import type { PlannedTask } from './plan.ts';

const id = '0199a000-0000-7000-8000-000000000000';
const task = (more: Partial<PlannedTask> = {}): PlannedTask => ({
  ...{ id, key: 'a', title: 'A', needs: [], kind: 'change', author: null, checks: [], redBefore: 'needed' },
  ...{ capabilities: [], priority: 0, timeoutS: 600, ...more },
});
const refusal = (tasks: PlannedTask[]) => {
  try {
    assertRecordable(id, { version: 1, tasks });
    return null;
  } catch (error) {
    return error;
  }
};

test('a plan whose events can be recorded is fine, also one of 2,000 tasks in a chain', () => {
  expect(
    refusal(Array.from({ length: 2000 }, (_, n) => task({ key: `t${n}`, needs: n === 0 ? [] : [id] }))),
  ).toBeNull();
});

test('a task that no event can hold is named', () => {
  const large = task({ key: 'big', instructions: 'é'.repeat(maxEventBytes / 2) });
  expect(refusal([task(), large])).toMatchObject({
    ...{ code: 'plan.invalid', details: { task: 'big' } },
    message: expect.stringMatching(/^Task big is larger than the 256 KiB that an event can hold; shorten/) as string,
  });
  expect(refusal([task({ model: 'x\u0000' })])).toMatchObject({
    ...{ code: 'plan.invalid', details: { task: 'a' } },
    message: expect.stringMatching(/^Task a cannot be recorded: .* NUL .* at spec.model/) as string,
  });
});

test('tasks that are too many for the one event that names them are refused together', () => {
  const tasks = Array.from({ length: 2000 }, (_, n) => task({ key: `t${n}`, needs: [id, id, id] }));
  expect(refusal(tasks)).toMatchObject({
    code: 'plan.invalid',
    message: expect.stringMatching(/^The plan is larger than the 256 KiB .* as several$/) as string,
  });
});
