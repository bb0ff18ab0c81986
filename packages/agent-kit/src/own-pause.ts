import { repeatEvery, type Bus } from '@hive/bus';
import type { AgentPause } from '@hive/events';
import type { Logger } from 'pino';
import { graceMs } from './grace.ts';

const lookMs = 1000;

/** What an agent does about being paused by its name. The queue keeps it from claiming; this is the rest. */
export type OwnPause = {
  isPaused(): boolean;
  stop(): void;
};

/**
 * Follows whether people have taken this agent out. `changed` is called after each change, `handBack` once what it holds has had its grace while
 * somebody drains it. Resolves after the first look, so that a process that starts anew under a paused name knows it from the start.
 */
export const followOwnPause = async (
  { queue, around }: Pick<Bus, 'queue' | 'around'>,
  agent: string,
  on: { readonly changed: () => void; readonly handBack: () => void; readonly log: Pick<Logger, 'info' | 'warn'> },
): Promise<OwnPause> => {
  let known: AgentPause | null = await queue.pauseOf(agent);
  let callOff: () => void = () => undefined;
  let isLooking = false;

  const look = async (): Promise<void> => {
    if (isLooking) return;
    isLooking = true;
    try {
      const now = await queue.pauseOf(agent);
      if (now?.at === known?.at) return;
      known = now;
      callOff();
      callOff = now?.drain ? around.after(graceMs, on.handBack) : () => undefined;
      on.log.info({ paused: now }, now === null ? 'resumed' : 'paused');
      on.changed();
    } catch (error) {
      on.log.warn({ err: error }, 'pause not looked at');
    } finally {
      isLooking = false;
    }
  };
  const stopLooking = repeatEvery(around, lookMs, () => void look());

  return {
    isPaused: () => known !== null,
    stop: () => {
      stopLooking();
      callOff();
    },
  };
};
