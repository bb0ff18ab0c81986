import { execFileSync } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  readlinkSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished, vi } from 'vitest';
import type { Artefacts } from './port.ts';
import { removeFolder } from './remove-folder.ts';
import { createWorkspace, type WorkspaceOptions } from './workspace.ts';

// Dozens of processes per test: a busy machine makes them slow, not wrong.
vi.setConfig({ testTimeout: 60_000 });

/** A temporary folder that goes away with the test. */
export const tempFolder = (): string => {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'hive-workspace-')));
  onTestFinished(() => removeFolder(folder));
  return folder;
};

/** Files of a repository by path; null removes one. */
export type Files = Readonly<Record<string, string | null>>;

/** A real repository of a user, with git as the user would run it (own identity, own configuration). */
export const createTestRepo = (files: Files = { 'README.md': 'hello\n' }) => {
  const root = join(tempFolder(), 'repo');
  mkdirSync(root);
  const git = (...args: string[]): string =>
    execFileSync('git', args, {
      cwd: root,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        PATH: '/usr/local/bin:/usr/bin:/bin',
        GIT_CONFIG_NOSYSTEM: '1',
        GIT_CONFIG_GLOBAL: '/dev/null',
        GIT_AUTHOR_NAME: 'Ada',
        GIT_AUTHOR_EMAIL: 'ada@example.org',
        GIT_COMMITTER_NAME: 'Ada',
        GIT_COMMITTER_EMAIL: 'ada@example.org',
      },
    }).trim();
  const write = (changes: Files) => {
    for (const [path, text] of Object.entries(changes)) {
      if (text === null) rmSync(join(root, path));
      else {
        mkdirSync(dirname(join(root, path)), { recursive: true });
        writeFileSync(join(root, path), text);
      }
    }
  };
  /** Commits all changes and answers the commit. */
  const commit = (changes: Files, message = 'change'): string => {
    write(changes);
    git('add', '--all');
    git('commit', '--quiet', '--allow-empty', '-m', message);
    return git('rev-parse', 'HEAD');
  };
  git('init', '--quiet', '--initial-branch=main');
  const first = commit(files, 'first');
  return { root, git, write, commit, first };
};

/** Artefacts in memory. */
export const createTestArtefacts = () => {
  const kept = new Map<string, Uint8Array>();
  const artefacts: Artefacts = {
    put: async (bytes) => {
      const hash = createHash('sha256').update(bytes).digest('hex');
      kept.set(hash, Buffer.from(bytes));
      return hash;
    },
    get: async (hash) => kept.get(hash) ?? Promise.reject(new Error(`no artefact ${hash}`)),
  };
  return { artefacts, text: (hash: string) => Buffer.from(kept.get(hash) ?? []).toString('utf8') };
};

/** PATH with the Node that runs the tests, as a user has it: not inside of a node_modules. */
export const userPath = (): string => {
  const bin = join(tempFolder(), 'bin');
  mkdirSync(bin);
  writeFileSync(join(bin, 'node'), `#!/bin/sh\nexec '${process.execPath}' "$@"\n`, { mode: 0o755 });
  return `${bin}:/usr/local/bin:/usr/bin:/bin`;
};

/** A workspace in a home of its own; commands run without a sandbox unless a test says otherwise. */
export const createTestWorkspace = (options: Partial<WorkspaceOptions> = {}) => {
  const home = options.home ?? join(tempFolder(), 'home');
  const { artefacts, text } = createTestArtefacts();
  const incarnation = options.incarnation ?? randomUUID();
  const workspace = createWorkspace({
    home,
    artefacts,
    sandbox: { mode: 'none', allowUnsandboxed: false },
    agent: 'worker-test',
    env: { PATH: '/usr/local/bin:/usr/bin:/bin', LANG: 'C.UTF-8', HOME: '/nonexistent', SECRET: 'hunter2' },
    ...options,
    incarnation,
  });
  return { workspace, home, incarnation, text };
};

/** Never aborts. */
export const calm = new AbortController().signal;

/** What `open` needs when a test does not care. */
export const plain = { setup: null, modelAuthored: false, passEnv: [], signal: calm } as const;

/** Every file below a folder with the hash of its content (or a link's target), for comparing before and after. */
export const fingerprint = (folder: string, below = ''): Record<string, string> => {
  const found: Record<string, string> = {};
  for (const name of readdirSync(join(folder, below)).sort()) {
    const path = join(below, name);
    const stat = lstatSync(join(folder, path));
    if (stat.isDirectory()) Object.assign(found, fingerprint(folder, path));
    else if (stat.isSymbolicLink()) found[path] = `link ${readlinkSync(join(folder, path))}`;
    else
      found[path] = `${stat.mode} ${createHash('sha256')
        .update(readFileSync(join(folder, path)))
        .digest('hex')}`;
  }
  return found;
};
