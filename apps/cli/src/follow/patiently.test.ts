import { HiveError } from '@hive/errors';
import { expect, test } from 'vitest';
import { patiently } from './patiently.ts';

const failing = (times: number, code: 'hive.unreachable' | 'input.unknown_id') => {
  let asked = 0;
  return {
    asked: () => asked,
    ask: async () => {
      asked += 1;
      if (asked <= times) throw new HiveError(code, 'no');
      return asked;
    },
  };
};

test('who does not answer is asked again', async () => {
  expect(await patiently(failing(2, 'hive.unreachable').ask, new AbortController().signal)).toBe(3);
});

test('an answer is an answer, also a refusal', async () => {
  const refusing = failing(9, 'input.unknown_id');
  await expect(patiently(refusing.ask, new AbortController().signal)).rejects.toThrow('no');
  expect(refusing.asked()).toBe(1);
});

test('nobody is asked again after an interruption', async () => {
  await expect(patiently(failing(9, 'hive.unreachable').ask, AbortSignal.abort())).rejects.toThrow('no');
});
