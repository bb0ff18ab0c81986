import { afterEach, expect, test } from 'vitest';
import { userEvent } from 'vitest/browser';
import './hive-return-task.ts';
import type { HiveReturnTask } from './hive-return-task.ts';
import { returningOf } from './return-words.ts';

const show = async (author: string): Promise<HiveReturnTask> => {
  const element = document.createElement('hive-return-task');
  element.returning = returningOf({ status: 'waiting', author });
  document.body.append(element);
  await element.updateComplete;
  return element;
};
const button = (element: HiveReturnTask) => element.renderRoot.querySelector<HTMLButtonElement>('button');

afterEach(() => document.body.replaceChildren());

test('a note with quoted lines is sent once, and the button waits for what came of it', async () => {
  const element = await show('double:x');
  const notes: string[] = [];
  element.addEventListener('hive-return', ({ detail }) => notes.push(detail));
  expect(button(element)?.disabled).toBe(true);
  await element.quote('a.ts:3\n> +x\n');
  await userEvent.keyboard('Name it better.');
  await element.updateComplete;
  button(element)?.click();
  expect(notes).toEqual(['a.ts:3\n> +x\nName it better.']);
  element.pending = { state: 'recorded', doing: 'Sending it back' };
  await element.updateComplete;
  expect(button(element)?.disabled).toBe(true);
});

test('who would not read a note is not asked for one', async () => {
  const element = await show('human');
  expect(element.renderRoot.querySelector('textarea')).toBeNull();
  expect(element.renderRoot.textContent).toContain('nobody would read a note');
});
