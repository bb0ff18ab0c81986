import { stat } from 'node:fs/promises';
import { derivedId } from '@hive/bus';
import { createReferences } from '@hive/core-db';
import { hasCode } from '@hive/errors';
import { streams, type NewEvent } from '@hive/events';
import { lackOfRoom, readSpace, type ReadSpace } from '@hive/workspace';
import type { Context } from '../agent.ts';
import { collectGarbage, collectedFile } from './collect-garbage.ts';

/** Looks after the disk of one home, in each worker that is there. */
export type DiskKeeper = {
  /** True while there is room to begin something. Asked before each claim; looks at most once a second. */
  hasRoom(): Promise<boolean>;
  /** To be done every few seconds: raises or resolves the alert, and collects garbage when it is time. */
  look(): Promise<void>;
};

const lookMs = 1000;
const collectEveryMs = 600_000;
/** On a full disk whatever can go goes soon. */
const hurryMs = 60_000;
/** Ids of the first alert are derived from it; its time says nothing. */
const ofAlerts = '00000000-0000-7000-8000-000000000000';

/** The keeper of the disk that an agent's home is on. `read` tells how much is free. */
export const createDiskKeeper = (ctx: Context, read: ReadSpace = readSpace): DiskKeeper => {
  const { config, bus, log } = ctx;
  const { home, disk } = config;
  const references = createReferences(bus.store, home);
  let seen: { readonly at: number; readonly room: Promise<boolean> } | null = null;
  let told: boolean | null = null;

  const lackOf = async (): Promise<string | null> => lackOfRoom(home, await read(home), disk.floorBytes);

  const isTime = async (everyMs: number): Promise<boolean> => {
    const last = await stat(collectedFile(home)).catch(() => null);
    return last === null || Date.now() - last.mtimeMs >= everyMs;
  };

  return {
    hasRoom: () => {
      const now = performance.now();
      if (seen === null || now - seen.at > lookMs) seen = { at: now, room: lackOf().then((lack) => lack === null) };
      return seen.room;
    },

    look: async () => {
      const lack = await lackOf();
      const isLow = lack !== null;
      if (told !== isLow) await tell(ctx, lack);
      told = isLow;
      if (!(await isTime(isLow ? hurryMs : collectEveryMs))) return;
      const collected = await collectGarbage({ config, store: bus.store, references });
      if (collected !== null && collected.removed.length > 0)
        log.info({ removed: collected.removed.length, freedBytes: collected.freedBytes }, 'garbage collected');
    },
  };
};

/**
 * Says once that the disk is too full, and once that it is not any more. Several workers see it at the same time: the events that they would
 * record have one id, and the first of them counts.
 */
const tell = async ({ bus, host, incarnation }: Context, lack: string | null): Promise<void> => {
  const alert = `disk.low@${host}`;
  const { events } = await bus.store.events({
    stream: streams.system,
    types: ['system.alert_raised', 'system.alert_resolved'],
    newest: true,
    limit: 500,
  });
  const last = events.find((event) => 'alert' in event.data && event.data.alert === alert);
  if ((last?.type === 'system.alert_raised') === (lack !== null)) return;
  const event: NewEvent =
    lack === null
      ? { type: 'system.alert_resolved', stream: streams.system, data: { alert } }
      : { type: 'system.alert_raised', stream: streams.system, data: { alert, message: lack } };
  try {
    await bus.command({
      on: streams.agent(incarnation),
      correlationId: incarnation,
      idFrom: derivedId(last?.id ?? ofAlerts, `${event.type} ${alert}`),
      events: [event],
    });
  } catch (error) {
    if (!hasCode(error, 'event.id_reused')) throw error; // another worker was faster
  }
};
