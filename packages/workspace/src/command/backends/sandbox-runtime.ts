import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { nodeFor } from '../../egress/inside.ts';
import { findProgram } from '../find-program.ts';
import { toolchainFolders } from '../toolchain.ts';
import type { Backend, BackendRequest, Cell } from './backend.ts';
import { probe } from './probe.ts';

/**
 * `@anthropic-ai/sandbox-runtime`, when its user has installed it (`srt` in PATH) and a run of the real profile succeeds; else a sentence why not.
 * By its command line, which is documented; it allows reading by default, so what people keep is named to be denied.
 */
export const findSandboxRuntime = async (request: BackendRequest): Promise<Backend | string> => {
  const { home, path, owner, userHome } = request;
  const srt = await findProgram('srt', path, '/');
  if (!srt) return 'srt is not installed; install it with: npm install --global @anthropic-ai/sandbox-runtime.';
  const [program, node] = await Promise.all([realpath(srt), nodeFor(home, owner)]);
  const tools = toolchainFolders(path, userHome, home);
  const kept = [home, userHome, '/root', '/home', '/Users'].filter(
    (folder) => folder !== undefined && existsSync(folder),
  );
  const wrap: Backend['wrap'] = (argv, cell) => {
    const folder = join(home, 'run', 'srt');
    const file = join(folder, `${cell.env['HIVE_STEP_GROUP'] ?? 'unknown'}.json`);
    mkdirSync(folder, { recursive: true });
    writeFileSync(file, JSON.stringify(settingsFor(cell, kept, [...tools, program])));
    return {
      file: node,
      args: [program, '--settings', file, '--', '/usr/bin/env', `PATH=${cell.env['PATH'] ?? ''}`, ...argv],
      // It looks for its helpers in PATH and runs outside: what lies in the worktree must not be among them.
      env: { ...cell.env, PATH: path.join(':'), CLAUDE_CODE_TMPDIR: cell.env['TMPDIR'] ?? cell.worktree },
      after: async () => {
        rmSync(file, { force: true });
        return { killed: 0 };
      },
    };
  };
  const { broken } = await probe({ plain: wrap }, home, owner);
  if (broken !== null) return `srt is installed but does not work here (${broken}).`;
  return {
    kind: 'srt',
    note: 'srt (@anthropic-ai/sandbox-runtime) works.',
    countsProcesses: false,
    holdsLimits: false,
    hasOwnPrograms: false,
    inside: null,
    wrap,
  };
};

/** What it is told about one command. */
export const settingsFor = (cell: Cell, denyRead: readonly (string | undefined)[], tools: readonly string[]) => {
  const { env, worktree, hosts = [], readOnly = [], writable = [] } = cell;
  const own = [worktree, ...writable, env['HOME'], env['TMPDIR']].filter((folder) => folder !== undefined);
  return {
    network: { allowedDomains: cell.network === 'open' ? hosts : [], deniedDomains: [] },
    filesystem: { denyRead, allowRead: [...own, ...readOnly, ...tools], allowWrite: own, denyWrite: [] },
  };
};
