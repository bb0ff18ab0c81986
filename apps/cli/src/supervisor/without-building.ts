import { readRun } from '@hive/config';
import { runningError } from './errors.ts';
import { lockHome } from './home-lock.ts';

/** Does something while no building runs on this home, and keeps one from being opened meanwhile. Throws `hive.running`. */
export const withoutBuilding = async <T>(home: string, act: () => Promise<T>): Promise<T> => {
  const lock = await lockHome(home);
  const other = readRun(home);
  try {
    if (lock === null || other !== null) throw runningError(home, other);
    return await act();
  } finally {
    lock?.release();
  }
};
