import { createBus, newId } from '@hive/bus';
import type { HiveConfig } from '@hive/config';
import { streams } from '@hive/events';
import { hostname } from 'node:os';
import { openHiveStore } from '../desk/open-store.ts';

/**
 * Makes or migrates the store once, before any process opens it, and records that the building was started.
 * Import this module when it is needed: it brings the database driver along.
 */
export const prepareStore = async (
  config: HiveConfig,
  { version, onNotice }: { readonly version: string; readonly onNotice: (text: string) => void },
): Promise<void> => {
  const store = await openHiveStore(config, { onNotice });
  const bus = createBus(store, 'supervisor');
  try {
    await bus.command({
      on: null,
      correlationId: newId(),
      events: [
        { type: 'system.started', stream: streams.system, data: { version, pid: process.pid, host: hostname() } },
      ],
    });
  } finally {
    bus.close();
    await store.close();
  }
};
