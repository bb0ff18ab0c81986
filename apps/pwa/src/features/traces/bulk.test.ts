import { expect, test } from 'vitest';
import type { TraceSummary } from '@hive/events';
import { doToAll } from './bulk.ts';

const trace = (correlationId: string) => ({ correlationId, goal: correlationId }) as TraceSummary;
const yes = () => Promise.resolve({ note: '' });

const desk = (refuse: string) => {
  const asked: string[] = [];
  const keys: (string | undefined)[] = [];
  const take = (what: string, id: string, key?: string): Promise<never> => {
    asked.push(`${what} ${id}`);
    keys.push(key);
    return id === refuse ? Promise.reject(new Error(`${id} is over`)) : Promise.resolve({} as never);
  };
  return {
    asked,
    keys,
    cancel: (id: string, { key }: { key?: string } = {}) => take('cancel', id, key),
    pause: (id: string, _: unknown, { key }: { key?: string } = {}) => take('pause', id, key),
    resume: (id: string, _: unknown, { key }: { key?: string } = {}) => take('resume', id, key),
    retry: (id: string, { key }: { key?: string } = {}) => take('retry', id, key),
    tasks: ({ workflow }: { workflow?: string } = {}) =>
      Promise.resolve({
        items: ['merged', 'refused', 'blocked'].map((status) => ({ id: `${workflow}-${status}`, status })),
        next: null,
      } as never),
  };
};

test('each has its own key and outcome, and a refusal stops nothing', async () => {
  const it = desk('b');
  const outcomes = await doToAll(it, 'pause', [trace('a'), trace('b'), trace('c')], yes);
  expect(it.asked).toEqual(['pause a', 'pause b', 'pause c']);
  expect(new Set(it.keys).size).toBe(3);
  expect(it.keys).not.toContain(undefined);
  expect(outcomes?.map(({ of, state, said }) => `${of} ${state}: ${said}`)).toEqual([
    'a done: paused',
    'b refused: b is over.',
    'c done: paused',
  ]);
});

test('retry tries again what ended badly by itself', async () => {
  const it = desk('');
  expect((await doToAll(it, 'retry', [trace('a')], yes))?.[0]?.said).toBe('1 task tried again');
  expect(it.asked).toEqual(['retry a-refused']);
});

test('what was blocked is tried by itself where what it needs cannot be tried again', async () => {
  const it = desk('a-refused');
  expect((await doToAll(it, 'retry', [trace('a')], yes))?.[0]?.said).toBe('1 task tried again');
  expect(it.asked).toEqual(['retry a-refused', 'retry a-blocked']);
});

test('without a yes nothing is done', async () => {
  const it = desk('');
  expect(await doToAll(it, 'cancel', [trace('a')], () => Promise.resolve(null))).toBeNull();
  expect(it.asked).toEqual([]);
});
