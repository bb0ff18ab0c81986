import { egressFor, readEnv } from '@hive/config';
import { createWorkspace, type Workspace } from '@hive/workspace';
import type { Context } from './agent.ts';

/** The workspace of an agent: its worktrees and processes are known by its incarnation. */
export const workspaceOf = ({ config, artefacts, agent, incarnation, host, log }: Context): Workspace =>
  createWorkspace({
    home: config.home,
    artefacts,
    agent,
    host,
    incarnation,
    env: readEnv(),
    sandbox: { ...config.sandbox, mode: config.sandbox.mode === 'off' ? 'none' : config.sandbox.mode },
    egress: (repo) => egressFor(config, repo),
    log: (fields, message) => log.info(fields, message),
  });
