import { newId, type Bus } from '@hive/bus';
import { HiveError } from '@hive/errors';
import { AcknowledgeRequest, streams, type Alert, type Desk, type SystemView } from '@hive/events';
import { parseAs } from './parse-as.ts';

/** The alerts that stand, by the head of the system's stream. */
export const alertsOf = ({ alerts = {}, acknowledged = {} }: Partial<SystemView>): Alert[] =>
  Object.entries(alerts).map(([alert, message]) => {
    const seen = acknowledged[alert];
    return { alert, message, ...(seen && { acknowledged: seen }) };
  });

/** How a person says to have seen an alert. */
export const createAlerts = (bus: Bus): Pick<Desk, 'acknowledge'> => {
  const standing = async (alert: string): Promise<Alert | undefined> => {
    const head = (await bus.store.heads([streams.system])).heads.get(streams.system);
    return alertsOf((head?.view ?? {}) as Partial<SystemView>).find((it) => it.alert === alert); // made by foldStream
  };
  return {
    acknowledge: async (asked) => {
      const request = parseAs(AcknowledgeRequest, asked, 'The request');
      const before = await standing(request.alert);
      if (!before)
        throw new HiveError('input.state', `There is no alert ${request.alert} now; it may have been resolved`);
      const { acknowledged } = before;
      if (acknowledged)
        throw new HiveError('input.state', `It was acknowledged by ${acknowledged.by} at ${acknowledged.at} already`);
      const event = { type: 'system.alert_acknowledged', stream: streams.system, data: request } as const;
      await bus.command({ on: null, correlationId: newId(), events: [event] });
      return (await standing(request.alert)) ?? before;
    },
  };
};
