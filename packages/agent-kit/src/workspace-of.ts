import { readEnv } from '@hive/config';
import { createWorkspace, type Workspace } from '@hive/workspace';
import type { Context } from './agent.ts';

/** The workspace of an agent: its worktrees and processes are known by its incarnation. */
export const workspaceOf = ({ config, artefacts, agent, incarnation, log }: Context): Workspace =>
  createWorkspace({
    home: config.home,
    artefacts,
    agent,
    incarnation,
    env: readEnv(),
    sandbox: {
      mode: config.sandbox.mode === 'off' ? 'none' : 'auto',
      allowUnsandboxed: config.sandbox.allowUnsandboxed,
    },
    log: (fields, message) => log.info(fields, message),
  });
