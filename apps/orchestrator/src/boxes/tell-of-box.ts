import type { Context } from '@hive/agent-kit';
import { record } from '@hive/bus';
import { streams, type BoxView, type NewEvent } from '@hive/events';

/** Records what `newsOf` finds new of a box beside what the log has of it, if anything. Of several who tell at once one does. */
export const tellOfBox = async (
  { bus, incarnation }: Context,
  name: string,
  newsOf: (view: BoxView | undefined) => NewEvent | null,
): Promise<void> => {
  const [stream, own] = [streams.box(name), streams.agent(incarnation)];
  await record(bus.store, {
    streams: [stream, own],
    onRefused: 'throw',
    newId: bus.around.newId,
    plan: (now) => {
      const news = newsOf(now.get(stream)?.view as BoxView | undefined); // made by foldStream
      return {
        moves: news ? [{ events: [news] }] : [],
        stamp: { correlationId: incarnation, causationId: now.get(own)?.lastEventId ?? null, actor: bus.actor },
      };
    },
  });
};
