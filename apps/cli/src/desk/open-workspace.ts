import { newId } from '@hive/bus';
import { egressFor, type Env, type HiveConfig } from '@hive/config';
import { createArtefacts } from '@hive/core-db';
import { HiveError } from '@hive/errors';
import { createWorkspace, type Artefacts, type Workspace } from '@hive/workspace';

/** A workspace for one command. `close` ends what it started and removes its folders. */
export const openWorkspace = (
  config: HiveConfig,
  env: Env,
): { readonly workspace: Workspace; close(): Promise<void> } => {
  const incarnation = newId();
  const workspace = createWorkspace({
    home: config.home,
    artefacts: artefactsOf(config.home),
    agent: 'cli',
    incarnation,
    env,
    sandbox: { ...config.sandbox, mode: config.sandbox.mode === 'off' ? 'none' : config.sandbox.mode },
    egress: (repo) => egressFor(config, repo),
  });
  return { workspace, close: () => workspace.cleanUp(incarnation) };
};

/** Artefacts for those who hold a hash that was recorded: its bytes are there, or the home is damaged. */
const artefactsOf = (home: string): Artefacts => {
  const { put, get } = createArtefacts(home);
  return {
    put,
    get: async (hash) => {
      const bytes = await get(hash);
      if (bytes) return bytes;
      throw new HiveError('infra.disk', `The artefact ${hash} is missing in ${home}`, { remedy: 'fix_config' });
    },
  };
};
