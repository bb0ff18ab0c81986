import { contenderOf } from './contenders.ts';
import type { Place } from './contender.ts';
import { startWorker } from './processes.ts';

/**
 * Runs something beside a live follower of the log in a process of its own, for contenders that have a log. That costs them time, which is
 * the point: nobody records events that nobody reads.
 */
export const withFollower = async <T>(contender: string, place: Place, run: () => Promise<T>): Promise<T> => {
  if ((await contenderOf(contender)).follow === undefined) return run();
  const follower = await startWorker({ role: 'follow', contender, place, mode: 'drain' });
  const result = await run();
  const { heard } = await follower.report();
  if (heard === 0) throw new Error(`the follower of ${contender} was told nothing`);
  await follower.stop();
  return result;
};
