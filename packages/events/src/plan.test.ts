import { expect, test } from 'vitest';
import { cycleIn, parsePlanFile } from './plan.ts';

const task = (key: string, needs?: string[], more: object = {}) => ({
  key,
  title: key,
  ...(needs && { needs }),
  ...more,
});
const plan = (...tasks: object[]) => ({ version: 1, tasks });

test('a plan with a diamond of needs is accepted as it is', () => {
  const given = plan(task('a'), task('b', ['a']), task('c', ['a']), task('d', ['b', 'c']));
  expect(parsePlanFile(given)).toEqual(given);
});

test('a patch may hold anything: it never becomes part of an event', () => {
  const given = plan(task('a', [], { patch: '\u0000\ud83d' }));
  expect(parsePlanFile(given)).toEqual(given);
});

test.each([
  ['no tasks', { version: 1, tasks: [] }, 'a plan needs at least one task'],
  [
    '10,000 tasks',
    { version: 1, tasks: Array.from({ length: 10_000 }, (_, n) => task(`t${n}`)) },
    'at most 2,000 tasks',
  ],
  ['another version', { version: 2, tasks: [task('a')] }, 'at version'],
  ['an unknown key', plan(task('a', [], { need: ['b'] })), 'at task a'],
  ['an unknown key at the root', { ...plan(task('a')), chekcs: [] }, 'chekcs'],
  ['a duplicate key', plan(task('a'), task('a')), 'two tasks with the key a'],
  ['an unknown need', plan(task('a', ['ghost'])), 'Task a needs ghost, which is not in the plan'],
  ['a task that needs itself', plan(task('a', ['a'])), 'cycle: a needs a'],
  ['a cycle', plan(task('a', ['c']), task('b', ['a']), task('c', ['b'])), 'cycle: a needs c needs b needs a'],
  ['run beside patch', plan(task('a', [], { run: 'x', patch: 'y' })), 'both run and patch'],
  ['a command without run', plan(task('a', [], { kind: 'command' })), 'has no run'],
  ['an author', plan(task('a', [], { author: 'oracle' })), 'author'],
  ['text', 'hello', 'The plan is not valid'],
  [
    'half a character',
    plan(task('a'), task('b', [], { title: 'x\ud83d' })),
    'at task b: title: it holds a NUL or half',
  ],
  ['a NUL in a command', plan(task('a', [], { run: 'touch c\u0000' })), 'at task a: run: it holds a NUL'],
  [
    'half a character in a list',
    plan(task('a', [], { capabilities: ['gpu-\ud83d'] })),
    'at task a: capabilities.0: it',
  ],
  ['a NUL beside its tasks', { ...plan(task('a')), checks: ['x', ['y', 'z\u0000']] }, 'at checks.1.1: it holds a NUL'],
  ['nothing', null, 'The plan is not valid'],
])('a plan with %s is refused with one sentence', (_name, data, sentence) => {
  expect(() => parsePlanFile(data)).toThrow(
    expect.objectContaining({ code: 'plan.invalid', message: expect.stringContaining(sentence) as string }) as Error,
  );
});

test('a chain of 2,000 tasks is walked without running out of stack', () => {
  const chain = Array.from({ length: 2000 }, (_, n) => task(`t${n}`, n === 0 ? [] : [`t${n - 1}`]));
  expect(cycleIn(chain)).toBeNull();
  expect(cycleIn(chain.toReversed())).toBeNull();
});
