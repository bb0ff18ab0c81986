import { findModel, listBoxes, poolOf, spaceOf } from '@hive/agent-kit';
import { createBus, newId } from '@hive/bus';
import type { Env, HiveConfig } from '@hive/config';
import { createArtefacts } from '@hive/core-db';
import { hasCode } from '@hive/errors';
import type { Desk } from '@hive/events';
import { createDesk } from '@hive/front-desk';
import type { SandboxState } from '@hive/workspace';
import type { Cli } from '../cli.ts';
import { openHiveStore } from './open-store.ts';
import { openWorkspace } from './open-workspace.ts';

/** The front desk in this process, on the store itself. */
export const openDesk = async (
  config: HiveConfig,
  { env, out }: Pick<Cli, 'env' | 'out'>,
): Promise<{ readonly desk: Desk; close(): Promise<void> }> => {
  const store = await openForAsking(config, out);
  const bus = createBus(store, `cli/${newId().slice(-8)}`);
  const pool = poolOf(config, store);
  const desk = createDesk({
    bus,
    artefacts: createArtefacts(config.home),
    config,
    means: {
      model: (wanted) => findModel(config, wanted),
      sandbox: () => sandboxOf(config, env),
      space: () => spaceOf(config),
      boxes: () => listBoxes(config, store, pool),
    },
  });
  return {
    desk,
    close: async () => {
      pool.stop();
      bus.close();
      await store.close();
    },
  };
};

/** Somebody else's store can still be read; whatever would write there says that it cannot. */
const openForAsking = async (config: HiveConfig, out: Cli['out']) => {
  try {
    return await openHiveStore(config, { onNotice: (text) => out.note(text) });
  } catch (error) {
    if (hasCode(error, 'store.readonly')) return openHiveStore(config, { readonly: true });
    throw error;
  }
};

/** Trying the sandbox takes a folder below HIVE_HOME. */
const sandboxOf = async (config: HiveConfig, env: Env): Promise<SandboxState> => {
  const { workspace, close } = openWorkspace(config, env);
  try {
    const state = await workspace.sandbox();
    await close();
    return state;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'EACCES' && code !== 'EROFS') throw error;
    return { kind: 'none', note: `It was not looked at: ${config.home} cannot be written.` };
  }
};
