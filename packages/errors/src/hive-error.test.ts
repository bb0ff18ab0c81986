import { expect, test } from 'vitest';
import { HiveError, codes, errorJson, hasCode, isCode, isInterruption, outcomeOf } from './index.ts';

test('an error is recognised by its code across copies of the package', () => {
  const foreign = Object.assign(new Error('x'), { name: 'HiveError', code: 'lease.lost' });
  expect(hasCode(foreign, 'lease.lost')).toBe(true);
  expect(hasCode(foreign, 'version.conflict')).toBe(false);
  expect(hasCode(new Error('lease.lost'), 'lease.lost')).toBe(false);
});

test('the JSON form has no stack and no cause', () => {
  const error = new HiveError('model.auth', 'The key was refused', {
    remedy: 'fix_config',
    cause: new Error('sk-secret'),
  });
  expect(errorJson(error)).toEqual({
    code: 'model.auth',
    message: 'The key was refused',
    remedy: 'fix_config',
    details: {},
  });
});

test('codes are unique and dotted, and every one has an outcome', () => {
  expect(new Set(codes).size).toBe(codes.length);
  expect(codes.filter((code) => code !== 'internal' && !/^[a-z]+\.[a-z_]+$/.test(code))).toEqual([]);
  expect(outcomeOf('checks.red')).toBe('refused');
  expect(outcomeOf('check.not_found')).toBe('infra');
  expect(outcomeOf('need.failed')).toBe('blocked');
  expect(outcomeOf('model.bad_output')).toBe('failed');
  expect(isCode('checks.green')).toBe(false);
  expect(['model.timeout', 'model.cancelled', 'model.bad_output', 'ok'].map(isInterruption)).toEqual([
    true,
    true,
    false,
    false,
  ]);
});
