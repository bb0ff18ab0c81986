import { hasCode } from '@hive/errors';
import { expect, test } from 'vitest';
import { testingOf } from './testing-of.ts';

test('outside of test mode there is nothing to ask for', () => {
  expect(testingOf({})).toBeNull();
  expect(testingOf({ HIVE_FAILPOINTS: '', HIVE_TEST_MODE: '0' })).toBeNull();
});

test.each(['HIVE_FAILPOINTS', 'HIVE_FAILPOINT_LOG', 'HIVE_TEST_LEASE_MS', 'HIVE_TEST_RESTART_MS'])(
  '%s without test mode is refused',
  (name) => {
    const read = () => testingOf({ [name]: '1', HIVE_TEST_MODE: 'yes' });
    expect(read).toThrow(`${name} is set, which only tests may do`);
    try {
      read();
    } catch (error) {
      expect(hasCode(error, 'config.invalid') && error.remedy).toBe('fix_config');
    }
  },
);

test('in test mode it is read', () => {
  expect(testingOf({ HIVE_TEST_MODE: '1', HIVE_FAILPOINTS: '@/tmp/orders', HIVE_TEST_LEASE_MS: '900' })).toEqual({
    failpoints: '@/tmp/orders',
    failpointLog: null,
    leaseMs: 900,
    restartMs: null,
  });
  expect(() => testingOf({ HIVE_TEST_MODE: '1', HIVE_TEST_LEASE_MS: 'long' })).toThrow('HIVE_TEST_LEASE_MS is long');
});
