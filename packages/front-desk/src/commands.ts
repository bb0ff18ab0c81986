import type { Bus } from '@hive/bus';
import { HiveError, hasCode } from '@hive/errors';
import type { NewEvent } from '@hive/events';

/** Records what a person decided about a stream. */
export type Commands = {
  readonly command: (events: readonly NewEvent[], correlationId: string, on: string) => Promise<void>;
};

/** Commands whose refusal by the table is told as what it is to a person: somebody else was faster. */
export const createCommands = (bus: Bus): Commands => ({
  command: async (events, correlationId, on) => {
    try {
      await bus.command({ events, correlationId, on });
    } catch (error) {
      if (!hasCode(error, 'transition.refused')) throw error;
      throw new HiveError('input.state', `It has just changed, and this does not fit any more: ${error.message}`, {
        cause: error,
      });
    }
  },
});
