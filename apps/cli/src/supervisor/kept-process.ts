import { spawn, type ChildProcess } from 'node:child_process';
import { openLog } from './log-file.ts';
import { recentDeaths, restartAfter } from './restart.ts';
import { nodeFlags } from './node-flags.ts';

/** What a process of the building tells its supervisor. */
export type Told =
  | { readonly type: 'started'; readonly incarnation: string }
  /** Every few seconds from then on. */
  | { readonly type: 'alive' }
  | { readonly type: 'listening'; readonly url: string }
  | { readonly type: 'followers'; readonly count: number };

/** How a process ended that was not asked to. */
export type Death = {
  readonly name: string;
  readonly exit: number | null;
  readonly signal: NodeJS.Signals | null;
  /** It was killed because it had said nothing for so long: a process that is stuck holds what it has for ever. */
  readonly wasSilent: boolean;
  readonly incarnation: string | null;
  readonly delayMs: number;
  readonly isLooping: boolean;
};

/** A process that is started again whenever it dies, until it is told to stop. */
export type KeptProcess = {
  readonly name: string;
  pid(): number | null;
  /** The incarnation that it registered under; null before that. */
  incarnation(): string | null;
  send(message: unknown): void;
  /** Asks it to drain; after `graceMs` it is killed. Resolves when it is gone, with its incarnation if it had no chance to clean up. */
  stop(graceMs: number): Promise<string | null>;
  /** Asks once more: an agent that drains hands back what it holds. */
  hurry(): void;
  kill(): void;
};

/** What it takes to keep a process running. */
export type KeepOptions = {
  readonly name: string;
  readonly entry: string;
  /** Asked at each start. */
  readonly args?: () => readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly log: string;
  readonly onTold: (told: Told) => void;
  readonly onDeath: (death: Death) => void;
  /** Where a test does not want to wait longer than this before a restart. */
  readonly restartMs?: number | null;
  /** How long a process that has started may say nothing before it is killed; default one minute. */
  readonly silentMs?: number;
};

const rotateEveryMs = 5000;
const defaultSilentMs = 60_000;
/** Looks that a process may be silent for. They are counted, and not the time: a machine that slept has looked at nobody. */
const silentLooks = 12;

/**
 * Starts a process and keeps it running. Each gets a session of its own, so that Ctrl-C in a terminal reaches only the supervisor, which
 * drains in order; when the supervisor itself is killed, the closed channel tells the process to go.
 */
export const keepRunning = (options: KeepOptions): KeptProcess => {
  const log = openLog(options.log);
  const rotating = setInterval(log.rotate, rotateEveryMs).unref();
  let child: ChildProcess | null = null;
  let incarnation: string | null = null;
  let silentFor: number | null = null;
  let wasSilent = false;
  let deaths: number[] = [];
  let restarting: NodeJS.Timeout | undefined;
  let isStopping = false;
  const gone = Promise.withResolvers<string | null>();

  const listening = setInterval(
    () => {
      if (silentFor === null || child === null || ++silentFor <= silentLooks) return;
      silentFor = null;
      wasSilent = true;
      child.kill('SIGKILL');
    },
    (options.silentMs ?? defaultSilentMs) / silentLooks,
  ).unref();

  const end = (signal: NodeJS.Signals | null) => {
    clearInterval(rotating);
    clearInterval(listening);
    log.close();
    gone.resolve(signal === 'SIGKILL' ? incarnation : null);
  };

  const start = () => {
    const startedAt = Date.now();
    incarnation = null;
    silentFor = null;
    wasSilent = false;
    const started = spawn(process.execPath, [...nodeFlags, options.entry, ...(options.args?.() ?? [])], {
      cwd: options.cwd,
      env: options.env,
      stdio: ['ignore', log.fd, log.fd, 'ipc'],
      detached: true,
    });
    child = started;
    started.on('message', (message) => {
      // Only our own programs speak on this channel.
      const told = message as Told;
      if (told.type === 'started') incarnation = told.incarnation;
      if (incarnation !== null) silentFor = 0;
      options.onTold(told);
    });
    started.on('error', () => undefined); // told by the exit that follows, or by the failed send
    started.once('exit', (exit, signal) => {
      child = null;
      silentFor = null;
      if (isStopping) return end(signal);
      deaths = recentDeaths(deaths, startedAt, Date.now());
      const { delayMs: usualMs, isLooping } = restartAfter(deaths.length);
      const delayMs = Math.min(usualMs, options.restartMs ?? usualMs);
      restarting = setTimeout(start, delayMs);
      options.onDeath({ name: options.name, exit, signal, wasSilent, incarnation, delayMs, isLooping });
    });
  };
  start();

  return {
    name: options.name,
    pid: () => child?.pid ?? null,
    incarnation: () => incarnation,
    send: (message) => {
      if (child?.connected) child.send(message as object, () => undefined);
    },
    stop: async (graceMs) => {
      if (!isStopping) {
        isStopping = true;
        clearTimeout(restarting);
        if (child === null) end(null);
        child?.kill('SIGTERM');
      }
      const killing = setTimeout(() => child?.kill('SIGKILL'), graceMs);
      const left = await gone.promise;
      clearTimeout(killing);
      return left;
    },
    hurry: () => child?.kill('SIGTERM'),
    kill: () => child?.kill('SIGKILL'),
  };
};
