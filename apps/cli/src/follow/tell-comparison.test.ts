import type { Comparison } from '@hive/events';
import { expect, test } from 'vitest';
import { createColour } from '../terminal/colour.ts';
import { comparisonLines } from './tell-comparison.ts';

const [before, now] = ['01990000-0000-7000-8000-0000aaaaaaaa', '01990000-0000-7000-8000-0000bbbbbbbb'];
const none = { calls: 0, tokens: 0 };
const task = { id: before, status: 'merged', code: null, author: 'ollama:m@oak', tree: '1'.repeat(40) };
const comparison: Comparison = {
  replay: { of: before, upTo: before, beyond: 'refuse', models: {} },
  then: {
    workflow: before,
    status: 'completed',
    replayed: none,
    paid: { calls: 2, tokens: 1200, costUsd: 0.25 },
    ms: 61_000,
    diff: { files: 1, added: 2, removed: 0 },
  },
  now: {
    workflow: now,
    status: 'completed',
    replayed: { calls: 2, tokens: 1200 },
    paid: { ...none, costUsd: 0 },
    ms: null,
    diff: { files: 1, added: 2, removed: 0 },
  },
  tasks: [{ key: 'a', title: 'A', then: task, now: task }],
  equal: true,
  differences: [],
};
const lines = (more: Partial<Comparison>) =>
  comparisonLines({ ...comparison, ...more }, { colour: createColour(false) });

test('both sides stand beside each other, with what was replayed and paid', () => {
  expect(lines({})).toEqual([
    'Replay of aaaaaaaa: equal but for ids and times',
    '          aaaaaaaa                           bbbbbbbb',
    'status    completed                          completed',
    'a         merged ollama:m@oak                merged ollama:m@oak, same tree',
    'replayed  0 calls, 0 tokens                  2 calls, 1,200 tokens',
    'paid      2 calls, 1,200 tokens, 0.2500 USD  nothing',
    'time      1 min 1 s                          still running',
    'changed   1 file, +2 -0                      1 file, +2 -0',
  ]);
});

test('differences are told, ten at most, and another tree is named', () => {
  const differences = Array.from({ length: 12 }, (_, n) => `task ${n}: x has become y`);
  const tasks = [{ key: 'a', title: 'A', then: task, now: { ...task, tree: '2'.repeat(40) } }];
  const told = lines({ equal: false, differences, tasks });
  expect(told[0]).toBe('Replay of aaaaaaaa: different');
  expect(told.join('\n')).toContain('merged ollama:m@oak, another tree');
  expect(told.slice(-2)).toEqual(['  task 9: x has become y', '  … and 2 more (--json shows them)']);
});
