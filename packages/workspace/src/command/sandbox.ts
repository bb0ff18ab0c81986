import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { SandboxKind } from '@hive/events';
import type { Owner } from '../git/git.ts';
import type { SandboxState } from '../port.ts';
import type { Backend, BackendRequest } from './backends/backend.ts';
import { findBwrap } from './backends/bwrap.ts';
import { findContainer } from './backends/container.ts';
import { findSandboxRuntime } from './backends/sandbox-runtime.ts';
import { nobody, reachable } from './reach.ts';

/** What was found out about running commands on this machine. */
export type Sandbox = Omit<Backend, 'kind' | 'note'> & {
  readonly state: SandboxState;
  /** The user that commands run as, when Hive is root and that user can reach everything. */
  readonly owner: Owner | undefined;
};

/** Looks for a sandbox by running its real profile: something inside must work, something outside must not. */
export const findSandbox = async (
  request: Omit<BackendRequest, 'owner' | 'image'> & {
    readonly mode: 'auto' | 'required' | 'none';
    readonly backend?: 'auto' | BackendName;
    readonly image?: string | null;
  },
): Promise<Sandbox> => {
  const { mode, home, path, backend: wanted = 'auto', image = null } = request;
  const owner = await commandOwner(home, path);
  const found =
    mode === 'none'
      ? 'The sandbox is switched off (sandbox.mode: off).'
      : await findBackend(wanted, { ...request, owner, image });
  const { kind, note, ...backend } = typeof found === 'string' ? without(found) : found;
  return { state: { kind, note: `${note}${identityNote(owner)}` }, owner, ...backend };
};

type BackendName = Exclude<SandboxKind, 'none'>;

const finders: Readonly<Record<BackendName, (request: BackendRequest) => Promise<Backend | string>>> = {
  bwrap: findBwrap,
  podman: (request) => findContainer('podman', request),
  docker: (request) => findContainer('docker', request),
  srt: findSandboxRuntime,
};

/** The first that works of those that are wanted; else why none does. */
const findBackend = async (wanted: 'auto' | BackendName, request: BackendRequest): Promise<Backend | string> => {
  const complaints: string[] = [];
  const all = request.image === null ? (['bwrap'] as const) : (['bwrap', 'podman', 'docker'] as const);
  for (const kind of wanted === 'auto' ? all : [wanted]) {
    const found = await finders[kind](request);
    if (typeof found !== 'string') return found;
    complaints.push(found);
  }
  return complaints.join(' ');
};

const without = (note: string): Backend => ({
  kind: 'none',
  note,
  countsProcesses: false,
  holdsLimits: false,
  hasOwnPrograms: false,
  inside: null,
  wrap: (argv) => ({ file: argv[0] ?? '', args: argv.slice(1) }),
});

const commandOwner = async (home: string, path: readonly string[]): Promise<Owner | undefined> => {
  if (process.getuid?.() !== 0) return undefined;
  const worktrees = join(home, 'worktrees');
  await mkdir(worktrees, { recursive: true });
  const open = await Promise.all(path.filter((entry) => existsSync(entry)).map((entry) => reachable(entry, nobody)));
  return open.every(Boolean) && (await reachable(worktrees, nobody)) ? nobody : undefined;
};

const identityNote = (owner: Owner | undefined): string => {
  if (process.getuid?.() !== 0) return '';
  return owner
    ? ` Hive is root; commands run as uid ${owner.uid}.`
    : ' Hive is root, and so are commands: uid 65534 cannot reach HIVE_HOME or a folder of PATH.';
};
