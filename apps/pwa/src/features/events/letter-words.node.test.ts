import { expect, test } from 'vitest';
import type { DeadLetter } from '@hive/events';
import { aboutAll, aboutOne, letterFilterOf, outcomeWords } from './letter-words.ts';

const letter = (kind: DeadLetter['kind']): DeadLetter => ({
  ...{
    id: kind,
    kind,
    what: kind === 'task' ? 'Fix it' : 'task.merged',
    subscription: kind === 'event' ? 'queen' : null,
  },
  ...{ workflowId: null, status: 'given up', code: null, error: 'no', attempts: 3, at: '2026-01-01T00:00:00.000Z' },
});

test('what will happen is said in terms of what it is', () => {
  expect(aboutOne('redrive', letter('event')).said).toMatch(/^queen handles task\.merged once more/);
  expect(aboutOne('discard', letter('event')).said).toContain('stays in the log');
  expect(aboutOne('discard', letter('task'))).toMatchObject({ heading: 'Discard this task?', action: 'Discard it' });
  expect(aboutOne('discard', letter('task')).said).toContain('is cancelled and leaves this list');
  expect(aboutOne('discard', { ...letter('task'), status: 'failed' }).said).toContain(
    'stays failed and leaves this list',
  );
});

test('all that fit are counted before and after', () => {
  const items = [letter('event'), letter('task'), letter('task')];
  const asked = aboutAll('redrive', { items, left: true });
  expect(asked.heading).toBe('Re-drive 3 dead letters?');
  expect(asked.said).toMatch(/^1 event and 2 tasks\..*More of them fit/);
  const skipped = [{ id: 'x', reason: 'Task X is over' }];
  expect(outcomeWords('discard', { items: items.slice(1), skipped, left: false, dryRun: false })).toBe(
    '2 dead letters discarded. 1 letter left as they are: Task X is over.',
  );
});

test('a filter in the address is only what is known', () => {
  expect(letterFilterOf(new URLSearchParams('kind=task&code=model.timeout&subscription='))).toEqual({
    kind: 'task',
    code: 'model.timeout',
  });
  expect(letterFilterOf(new URLSearchParams('kind=parcel'))).toEqual({});
});
