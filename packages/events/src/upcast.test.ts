import { expect, test } from 'vitest';
import { foldStream, upcast, type HiveEvent, type Upcasters } from './index.ts';

/** What a payload could have gone through: `handle` became `agent` in version 2, and version 3 added who it was meant for. */
const known = {
  'agent.draining': [
    ({ handle, ...rest }) => ({ ...rest, agent: handle }),
    (data) => ({ agent: String(data['agent']), incarnation: String(data['incarnation'] ?? 'unknown') }),
  ],
} satisfies Upcasters;

const event = (data: object, type = 'agent.draining') => ({ id: 'e', type, stream: 'agent/a', at: '', data });

test('an old payload goes through every step from its version on, and one of today stays the same object', () => {
  const wanted = { agent: 'w', incarnation: 'unknown', v: 3 };
  expect(upcast(event({ handle: 'w' }), known)).toEqual(event(wanted));
  expect(upcast(event({ agent: 'w', v: 2 }), known)).toEqual(event(wanted));
  const today = event({ agent: 'w', incarnation: 'i', v: 3 });
  expect(upcast(today, known)).toBe(today);
});

test('a payload of a version that only a newer Hive knows is of no known type, and keeps its content', () => {
  const newer = event({ who: 'w', v: 4 });
  expect(upcast(newer, known)).toEqual({ ...newer, type: 'agent.draining@4' });
  expect(upcast(event({ v: 2 }, 'task.ready'))).toMatchObject({ type: 'task.ready@2', data: { v: 2 } });
});

test('what has no chain, no known type or no shape stays as it is', () => {
  for (const it of [
    event({}, 'task.ready'),
    event({ v: 7 }, 'robot.waved'),
    { type: 'task.ready', data: 'torn' },
    { type: 'task.ready', data: null },
  ])
    expect(upcast(it, known)).toBe(it);
});

test('folds pass over events of a newer Hive, whatever their stream', () => {
  const newer = (type: string, stream: string) =>
    ({ type, stream, at: '', data: { anything: 1 } }) as unknown as HiveEvent;
  const views: Record<string, unknown> = {
    'task/t': { state: 'ready' },
    'workflow/w': { state: 'running' },
    'merge/m': { branch: 'b' },
    'call/c': { callId: 'c' },
    'agent/a': { last: 'agent.registered' },
    'robot/r': null,
  };
  for (const [stream, view] of Object.entries(views))
    for (const type of ['task.teleported', 'workflow.forked', 'task.claimed@2', 'robot.waved'])
      expect(foldStream(view, newer(type, stream))).toBe(view);
  expect(foldStream(null, newer('task.teleported', 'task/t'))).toBe(null);
});
