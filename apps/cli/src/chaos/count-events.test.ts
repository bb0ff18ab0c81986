import type { LoggedEvent } from '@hive/core-db';
import { expect, test } from 'vitest';
import { countEvents } from './count-events.ts';

/** Only what is counted; the rest of an event is of no account here. */
const event = (type: string, stream: string, data: object = {}): LoggedEvent =>
  ({ type, stream, data }) as unknown as LoggedEvent;

const once = [
  event('workflow.submitted', 'workflow/w'),
  event('task.assigned', 'task/a'),
  event('task.claimed', 'task/a', { token: 1 }),
  event('task.submitted', 'task/a', { token: 1 }),
  event('merge.completed', 'merge/r:b', { taskId: 'a', token: 1 }),
  event('task.merged', 'task/a', { taskId: 'a', token: 1 }),
];

test('an undisturbed run counts nothing', async () => {
  expect(await countEvents(once)).toEqual({
    interrupted: 0,
    repeated: 0,
    takeoverMs: [],
    elsewhereMs: [],
    workflows: 1,
    doubled: [],
    stale: [],
  });
});

test('a lost lease is an interruption, and the claim after it a repetition', async () => {
  const lost = event('task.lease_expired', 'task/a', { token: 1 });
  const again = event('task.claimed', 'task/a', { token: 2 });
  const [first, second, third] = once;
  if (!first || !second || !third) return;
  expect(await countEvents([first, second, third, lost, again])).toMatchObject({
    ...{ interrupted: 1, repeated: 1, doubled: [], stale: [] },
  });
});

test('the time to a takeover begins with the death of the holder', async () => {
  const at = (ms: number) => new Date(1_000_000 + ms).toISOString();
  const deaths = [
    { process: 'worker-1', at: 1_000_000 },
    { process: 'worker-1', at: 1_000_100 },
    { process: 'worker-2', at: 1_000_200 },
    { process: 'worker-1', at: 1_009_000 },
  ];
  const lost = { ...event('task.lease_expired', 'task/a', { agent: 'worker-1', step: 'work', token: 1 }), at: at(500) };
  const other = { ...event('task.claimed', 'task/a', { step: 'check', token: 2 }), at: at(600) };
  const again = { ...event('task.claimed', 'task/a', { step: 'work', token: 3 }), at: at(700) };
  const count = (struckAt: number[]) => countEvents([lost, other, again], { deaths, struckAt });
  const alone = deaths.map((death) => death.at).filter((it) => it !== 1_000_200);
  expect(await count(alone)).toMatchObject({ takeoverMs: [600], elsewhereMs: [600] });
  // Whoever else is down is waited for too.
  expect(await count([...alone, 1_000_300])).toMatchObject({ takeoverMs: [600], elsewhereMs: [] });
});

test('of a kind that is there once nobody can take over: its restart is waited for', async () => {
  const at = new Date(1_000_500).toISOString();
  const data = { agent: 'reviewer', step: 'review', token: 1 };
  const lost = { ...event('task.lease_expired', 'task/a', data), at };
  const again = { ...event('task.claimed', 'task/a', { step: 'review', token: 2 }), at };
  const deaths = [{ process: 'reviewer', at: 1_000_000 }];
  expect(await countEvents([lost, again], { deaths, struckAt: [1_000_000] })).toMatchObject({
    ...{ takeoverMs: [500], elsewhereMs: [] },
  });
});

test('a merge that is recorded twice is doubled, in either stream', async () => {
  const merged = event('task.merged', 'task/a', { taskId: 'a', token: 1 });
  const completed = event('merge.completed', 'merge/r:b', { taskId: 'a', token: 1 });
  expect((await countEvents([...once, merged, completed])).doubled).toEqual([
    'merge.completed of a: 2 times',
    'task.merged of a: 2 times',
  ]);
});

test('a write under an older claim is stale, and so is a claim that does not grow', async () => {
  const claim = (token: number) => event('task.claimed', 'task/a', { token });
  const late = event('task.submitted', 'task/a', { token: 1 });
  expect((await countEvents([claim(1), claim(2), late])).stale).toEqual([
    'task.submitted of task/a under token 1, when 2 was the newest',
  ]);
  expect((await countEvents([claim(2), claim(2)])).stale).toHaveLength(1);
});
