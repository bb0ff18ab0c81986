import { record } from '@hive/bus';
import { streams, type NewEvent, type SystemView } from '@hive/events';
import type { Context } from './agent.ts';

/**
 * Records that an alert is raised (with what to do about it) or, with null, resolved, if that is a change: what was raised stands in the head of the
 * system's stream, which nothing holds back.
 */
export const tellAlert = async (
  { bus, incarnation }: Pick<Context, 'bus' | 'incarnation'>,
  alert: string,
  message: string | null,
): Promise<void> => {
  const own = streams.agent(incarnation);
  const isNews = (view: SystemView | undefined) => (view?.alerts?.[alert] === undefined) === (message !== null);
  const { heads } = await bus.store.heads([streams.system]);
  if (!isNews(heads.get(streams.system)?.view as SystemView | undefined)) return; // made by foldStream
  const event: NewEvent =
    message === null
      ? { type: 'system.alert_resolved', stream: streams.system, data: { alert } }
      : { type: 'system.alert_raised', stream: streams.system, data: { alert, message } };
  await record(bus.store, {
    streams: [streams.system, own],
    onRefused: 'throw',
    plan: (now) => ({
      moves: isNews(now.get(streams.system)?.view as SystemView | undefined) ? [{ events: [event] }] : [],
      stamp: { correlationId: incarnation, causationId: now.get(own)?.lastEventId ?? null, actor: bus.actor },
    }),
  });
};
