import { findModel } from '@hive/agent-kit';
import { createBus, newId } from '@hive/bus';
import type { Env, HiveConfig } from '@hive/config';
import { createArtefacts } from '@hive/core-db';
import type { Desk } from '@hive/events';
import { createDesk } from '@hive/front-desk';
import { openHiveStore } from './open-store.ts';
import { openWorkspace } from './open-workspace.ts';

/** The front desk in this process, on the store itself. */
export const openDesk = async (
  config: HiveConfig,
  env: Env,
): Promise<{ readonly desk: Desk; close(): Promise<void> }> => {
  const store = await openHiveStore(config);
  const bus = createBus(store, `cli/${newId().slice(-8)}`);
  const desk = createDesk({
    bus,
    artefacts: createArtefacts(config.home),
    config,
    means: {
      model: (wanted) => findModel(config, wanted),
      sandbox: async () => {
        const { workspace, close } = openWorkspace(config, env);
        try {
          return await workspace.sandbox();
        } finally {
          await close();
        }
      },
    },
  });
  return {
    desk,
    close: async () => {
      bus.close();
      await store.close();
    },
  };
};
