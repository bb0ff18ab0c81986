import { tellAlert, type Context } from '@hive/agent-kit';
import { MachineFigures, streams, type CallView, type SystemView } from '@hive/events';
import { verdicts } from './alerts.ts';

/** Turns the thresholds and targets of hive.yaml into alerts. */
export type AlertWatch = {
  /** To be done every now and then. */
  look(): Promise<void>;
};

const lookMs = 5000;
const lastCalls = 100;

/** The watch of one queen; does nothing where hive.yaml asks for no alert and has no box. */
export const createAlertWatch = (ctx: Context): AlertWatch => {
  const { config, bus } = ctx;
  const { store, around } = bus;
  const isAsked = config.boxes.length > 0 || Object.values(config.alerts).some((it) => it !== null);
  let lookedAt = -Infinity;
  return {
    look: async () => {
      if (!isAsked || around.elapsed() - lookedAt < lookMs) return;
      lookedAt = around.elapsed();
      const [{ heads, now }, agents, { events }] = await Promise.all([
        store.heads([streams.system]),
        store.agents(),
        store.events({ types: ['model.called'], newest: true, limit: lastCalls }),
      ]);
      const alerts = (heads.get(streams.system)?.view as SystemView | undefined)?.alerts ?? {}; // made by foldStream
      const told = verdicts(
        {
          thresholds: config.alerts,
          boxes: config.boxes,
          machines: agents.flatMap(({ host, figures }) => {
            const parsed = MachineFigures.safeParse(figures);
            return parsed.success ? [{ host, figures: parsed.data }] : [];
          }),
          calls: events.toReversed().map(({ data }) => data as CallView), // the query names the type
          now: Date.parse(now),
        },
        Object.keys(alerts),
      );
      for (const { alert, message } of told)
        if ((message === null) === alert in alerts) await tellAlert(ctx, alert, message);
    },
  };
};
