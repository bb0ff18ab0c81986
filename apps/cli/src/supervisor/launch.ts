import { spawn, type ChildProcess } from 'node:child_process';
import type { Env } from '@hive/config';
import { HiveError, isCode } from '@hive/errors';
import { openLog } from './log-file.ts';
import { nodeFlags } from './node-flags.ts';

/** Whom a building that was not started by hand belongs to: nobody any more once it is up, or the client that started it. */
export type Owner = 'launcher' | 'client';

/** What a launched supervisor tells. */
export type SupervisorTold =
  | { readonly type: 'up'; readonly pid: number; readonly url: string }
  /** Something that a person should know, while everything starts. */
  | { readonly type: 'notice'; readonly text: string }
  | { readonly type: 'failed'; readonly error: { readonly code: string; readonly message: string } }
  | { readonly type: 'staying'; readonly because: string };

/** A supervisor in a process of its own. */
export type Launched = {
  readonly pid: number;
  readonly url: string;
  /** Lets it go on alone. */
  leave(): void;
  /** Says for which workflow it was started, so that it can tell it from others when its client is gone. */
  own(workflow: string): void;
  /** Asks it to end unless somebody else needs it; resolves with why it stays, or null when it is gone. */
  release(): Promise<string | null>;
};

/** Starts `hive up` as a process of its own session, and resolves when all of it is up. Throws why it could not start. */
export const launch = async (options: {
  readonly env: Env;
  readonly log: string;
  readonly owner: Owner;
  readonly args: readonly string[];
  readonly onNotice: (text: string) => void;
}): Promise<Launched> => {
  const log = openLog(options.log);
  // The same program in the same way: the guard, the bundle, or the source.
  const entry = process.argv[1] ?? '';
  const child = spawn(process.execPath, [...nodeFlags, entry, 'up', '--owner', options.owner, ...options.args], {
    env: options.env,
    stdio: ['ignore', log.fd, log.fd, 'ipc'],
    detached: true,
  });
  log.close();
  const told = await firstWord(child, options);
  if (told.type !== 'up') throw failureOf(told);
  return {
    pid: told.pid,
    url: told.url,
    own: (workflow) => void child.send({ type: 'own', workflow }, () => undefined),
    leave: () => {
      child.disconnect();
      child.unref();
    },
    release: () => release(child),
  };
};

const firstWord = (
  child: ChildProcess,
  { log, onNotice }: { readonly log: string; readonly onNotice: (text: string) => void },
): Promise<SupervisorTold> =>
  new Promise((resolve, reject) => {
    child.on('message', (message) => {
      const told = message as SupervisorTold; // only our own program speaks on this channel
      if (told.type === 'notice') onNotice(told.text);
      else resolve(told);
    });
    child.once('error', reject);
    child.once('exit', (exit, signal) =>
      reject(
        new HiveError(
          'internal',
          `The building ended while it was starting (${signal ?? `exit code ${exit ?? 'none'}`}); see ${log}`,
        ),
      ),
    );
  });

const failureOf = (told: SupervisorTold): HiveError => {
  const error = told.type === 'failed' ? told.error : { code: 'internal', message: 'The building did not start' };
  return new HiveError(isCode(error.code) ? error.code : 'internal', error.message, { remedy: 'fix_config' });
};

const release = (child: ChildProcess): Promise<string | null> =>
  new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null || !child.connected) return resolve(null);
    child.once('exit', () => resolve(null));
    child.on('message', (message) => {
      const told = message as SupervisorTold;
      if (told.type !== 'staying') return;
      child.unref();
      resolve(told.because);
    });
    child.send({ type: 'release' });
  });
