import type { Context } from '@hive/agent-kit';
import { failpoint } from '@hive/failpoints';

/** Gives back the steps of holders that are gone, and lets in what waits for room. */
export const lookAfterQueue = async ({ bus, log }: Pick<Context, 'bus' | 'log'>): Promise<void> => {
  const rescued = await bus.queue.rescue();
  if (rescued > 0) {
    await failpoint('rescue.committed');
    log.info({ rescued }, 'steps rescued');
  }
  await bus.queue.admit();
};
