import { HiveError } from '@hive/errors';
import type { Testing } from './config.ts';
import type { Env } from './env.ts';

const names = {
  failpoints: 'HIVE_FAILPOINTS',
  failpointLog: 'HIVE_FAILPOINT_LOG',
  leaseMs: 'HIVE_TEST_LEASE_MS',
  restartMs: 'HIVE_TEST_RESTART_MS',
} as const;

/** What tests ask for; null outside of test mode. Throws `config.invalid` when something is asked for and test mode is off: a left-over variable must not kill processes. */
export const testingOf = (env: Env): Testing | null => {
  const text = (name: keyof typeof names) => env[names[name]] || null;
  if (env['HIVE_TEST_MODE'] !== '1') {
    const asked = Object.values(names).find((name) => env[name]);
    if (asked === undefined) return null;
    throw invalid(`${asked} is set, which only tests may do; unset it, or set HIVE_TEST_MODE=1 as well`);
  }
  const ms = (name: keyof typeof names): number | null => {
    const value = text(name);
    if (value === null || /^\d{1,7}$/.test(value)) return value === null ? null : Number(value);
    throw invalid(`${names[name]} is ${value}; it has to be a number of milliseconds`);
  };
  return {
    failpoints: text('failpoints'),
    failpointLog: text('failpointLog'),
    leaseMs: ms('leaseMs'),
    restartMs: ms('restartMs'),
  };
};

const invalid = (message: string) => new HiveError('config.invalid', message, { remedy: 'fix_config' });
