import { derivedId, type Bus } from '@hive/bus';
import type { Store } from '@hive/core-db';
import { HiveError, hasCode } from '@hive/errors';
import type { NewEvent } from '@hive/events';
import { firstOf } from './once.ts';

/**
 * Records what a person decided about a stream. With `idFrom`, the id of the command, it is recorded once however often it is told; with `asOf`, a version of the
 * stream, only while that is the newest: throws `version.conflict` otherwise.
 */
export type Commands = {
  readonly command: (
    events: readonly NewEvent[],
    correlationId: string,
    on: string,
    idFrom?: string,
    asOf?: number,
  ) => Promise<void>;
};

/** The id of a command that is told under a key; undefined without one. `on` is the id of what it is about. */
export const commandUnder = (on: string, verb: string, key: string | undefined): string | undefined =>
  key === undefined ? undefined : derivedId(on, `${verb} ${key}`);

/** Whether the command of this id was recorded. */
export const isRecorded = async (store: Pick<Store, 'event'>, idFrom: string | undefined): Promise<boolean> =>
  idFrom !== undefined && (await firstOf(store, idFrom)) !== null;

/** Commands whose refusal by the table is told as what it is to a person: somebody else was faster. */
export const createCommands = (bus: Bus): Commands => ({
  command: async (events, correlationId, on, idFrom, asOf) => {
    try {
      await bus.command({
        ...{ events, correlationId, on },
        ...(idFrom !== undefined && { idFrom, commandId: idFrom }),
        ...(asOf !== undefined && { asOf }),
      });
    } catch (error) {
      if (!hasCode(error, 'transition.refused')) throw error;
      throw new HiveError('input.state', `It has just changed, and this does not fit any more: ${error.message}`, {
        cause: error,
      });
    }
  },
});
