import { expect, test } from 'vitest';
import { approvalsOf } from './approvals-of.ts';

test('the founding key asks for all, for some, or for nothing, and policies go before', () => {
  expect(approvalsOf(true, undefined)).toEqual({
    plan: 'models',
    protected: ['**'],
    newDependency: true,
    changedChecks: true,
    newHost: true,
    spendAboveUsd: 0,
  });
  expect(approvalsOf(['plan', 'escalation'], undefined)).toEqual({ plan: 'models' });
  expect(approvalsOf(['plan', 'checks'], { plan: 'always' })).toEqual({ plan: 'always', changedChecks: true });
  for (const none of [undefined, false]) expect(approvalsOf(none, undefined)).toEqual({});
});
