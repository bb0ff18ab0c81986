import { record, type Bus } from '@hive/bus';
import { streams, type EventOf, type NewEvent } from '@hive/events';
import type { Notice } from './notice.ts';

/** What left this machine, and where to. */
export type Told = Omit<EventOf<'system.told'>['data'], 'about'>;

/** Records that a notice left, in the trace of what it told of; one that tells of nothing is a trace of its own. */
export const recordTold = async (
  { store, actor, around }: Pick<Bus, 'store' | 'actor' | 'around'>,
  { eventId, workflowId }: Pick<Notice, 'eventId' | 'workflowId'>,
  told: Told,
): Promise<void> => {
  const data = workflowId === null ? told : { ...told, about: eventId };
  const event: NewEvent = { type: 'system.told', stream: streams.system, data };
  await record(store, {
    streams: [streams.system],
    onRefused: 'throw',
    newId: around.newId,
    plan: () => ({
      moves: [{ events: [event] }],
      stamp: {
        correlationId: workflowId ?? around.newId(),
        causationId: workflowId === null ? null : eventId,
        actor,
      },
    }),
  });
};
