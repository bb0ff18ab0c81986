import { setTimeout as sleep } from 'node:timers/promises';
import { clock } from './clock.ts';
import { contenderOf } from './contenders.ts';
import type { Place } from './contender.ts';
import { startWorker } from './processes.ts';

const lookMs = 300;
const settleMs = 300_000;

/**
 * Runs something beside a live follower of the log in a process of its own, for contenders that have a log. That costs them time, which is
 * the point: nobody records events that nobody reads. `settled` resolves when the follower has read what was prepared.
 */
export const withFollower = async <T>(
  contender: string,
  place: Place,
  run: (settled: () => Promise<void>) => Promise<T>,
): Promise<T> => {
  if ((await contenderOf(contender)).follow === undefined) return run(async () => {});
  const follower = await startWorker({ role: 'follow', contender, place, mode: 'drain' });
  const settled = async (): Promise<void> => {
    for (let [before, endsAt] = [-1, clock() + settleMs]; clock() < endsAt; await sleep(lookMs)) {
      const { heard } = await follower.report();
      if (heard > 0 && heard === before) return;
      before = heard;
    }
    throw new Error(`the follower of ${contender} did not come to the end of the log`);
  };
  const result = await run(settled);
  await follower.stop();
  return result;
};
