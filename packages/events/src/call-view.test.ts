import { expect, test } from 'vitest';
import { foldCall, stateOfCall, type AnyCall } from './call-view.ts';
import { usageOf } from './result.ts';
import type { Fact } from './task-view.ts';

const fact = (type: string, data: object): Fact =>
  ({ type, stream: 'call/1', at: '2030-01-01T00:00:00.000Z', data }) as unknown as Fact;
const intended = fact('model.intended', { callId: '1', by: 'a', tokens: 10 });
const called = fact('model.called', { callId: '1', outcome: 'ok', input: 3, output: 2, cached: null, costUsd: 0 });
const parked = fact('model.parked', { callId: '1', until: '2030-01-01T01:00:00.000Z', kind: 'five_hour' });
const after = (...facts: Fact[]) => facts.reduce<AnyCall | null>(foldCall, null);

test('a call is open until it has ended, and ends once', () => {
  expect([intended, called].map((_, n, all) => stateOfCall(after(...all.slice(0, n + 1))))).toEqual(['open', '']);
  expect(() => after(intended, called, called)).toThrow('does not fit');
  expect(() => after(called, intended)).toThrow('does not fit');
});

test('a call that was parked afterwards is still the call that it was; one that never began is put off', () => {
  expect(after(called, parked)).toEqual(called.data);
  expect(stateOfCall(after(parked))).toBe('put_off');
});

test('what has not ended costs nothing yet', () => {
  const calls = [after(intended), after(parked), after(intended, called)].filter((it) => it !== null);
  expect(usageOf(calls)).toMatchObject({ calls: 1, input: 3, output: 2, costUsd: 0 });
});
