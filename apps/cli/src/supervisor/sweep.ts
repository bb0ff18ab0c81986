import type { Env, HiveConfig } from '@hive/config';

/** Ends what killed agents left behind: the commands that they were running, and their worktrees. Whoever dies in between is swept by a worker. */
export const sweep = async (config: HiveConfig, env: Env, incarnations: readonly string[]): Promise<void> => {
  if (incarnations.length === 0) return;
  const { openWorkspace } = await import('../desk/open-workspace.ts');
  const { workspace, close } = openWorkspace(config, env);
  for (const incarnation of incarnations) await workspace.cleanUp(incarnation);
  await close();
};
