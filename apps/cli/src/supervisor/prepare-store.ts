import type { HiveConfig } from '@hive/config';
import { streams } from '@hive/events';
import { hostname } from 'node:os';
import { openHiveStore } from '../desk/open-store.ts';

/**
 * Makes or migrates the store once, before any process opens it, and records that the building was started.
 * Loaded only here, so that the supervisor does not hold a database driver for its whole life.
 */
export const prepareStore = async (config: HiveConfig, version: string): Promise<void> => {
  const { createBus, newId } = await import('@hive/bus');
  const store = await openHiveStore(config);
  const bus = createBus(store, 'supervisor');
  try {
    await bus.command({
      on: null,
      correlationId: newId(),
      events: [{ type: 'system.started', stream: streams.system, data: { version, pid: process.pid, host: hostname() } }],
    });
  } finally {
    bus.close();
    await store.close();
  }
};
