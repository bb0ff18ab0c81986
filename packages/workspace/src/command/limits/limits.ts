import type { Code } from '@hive/errors';

/** What one command, with all that it starts, may use. */
export type CommandLimits = {
  readonly memoryBytes: number;
  /** Processes and threads at once. */
  readonly processes: number;
  /** Cores that it may keep busy; held by control groups only. */
  readonly cores: number;
  /** Processor time of all its processes together. */
  readonly cpuMs: number;
  /** One file. */
  readonly fileBytes: number;
  /** What lies in its worktree. */
  readonly diskBytes: number;
  readonly files: number;
  /** No command runs longer, whatever its task says. */
  readonly wallMs: number;
  /** Kept of its output: the beginning and the end. */
  readonly outputBytes: number;
};

const gigabyte = 1_000_000_000;
const minuteMs = 60_000;

/** What holds when nothing is configured. */
export const defaultLimits: CommandLimits = {
  memoryBytes: 4 * gigabyte,
  processes: 512,
  cores: 2,
  cpuMs: 60 * minuteMs,
  fileBytes: 4 * gigabyte,
  diskBytes: 10 * gigabyte,
  files: 1_000_000,
  wallMs: 30 * minuteMs,
  outputBytes: 10_000_000,
};

/** Output beyond this many times what is kept ends a command: reading it costs Hive itself. */
export const floodFactor = 100;

/** Which limit a command met. */
export type Met = Exclude<keyof CommandLimits, 'cores' | 'wallMs'>;

/** A limit that was met: its code, and half a sentence that begins with what the command did. */
export type Breach = { readonly code: Code; readonly says: string };

/** Says which limit was met, with its number and the key that sets it. */
export const breachOf = (met: Met, limits: CommandLimits): Breach => {
  const size = (bytes: number) =>
    bytes >= gigabyte ? `${round(bytes / gigabyte)} GB` : `${round(bytes / 1_000_000)} MB`;
  const tell = (code: Code, does: string, key: string): Breach => ({
    code,
    says: `${does}, the limit of one command (hive.sandbox.limits.${key})`,
  });
  switch (met) {
    case 'memoryBytes':
      return tell('infra.oom', `needed more than ${size(limits.memoryBytes)} of memory`, 'memoryGb');
    case 'processes':
      return tell('infra.limit', `had more than ${limits.processes} processes and threads at once`, 'processes');
    case 'cpuMs':
      return tell(
        'infra.limit',
        `took more than ${round(limits.cpuMs / minuteMs)} min of processor time`,
        'cpuMinutes',
      );
    case 'fileBytes':
      return tell('infra.disk', `wrote a file of more than ${size(limits.fileBytes)}`, 'fileGb');
    case 'diskBytes':
      return tell('infra.disk', `filled its worktree with more than ${size(limits.diskBytes)}`, 'diskGb');
    case 'files':
      return tell('infra.disk', `made more than ${limits.files} files`, 'files');
    case 'outputBytes':
      return tell(
        'infra.limit',
        `printed more than ${size(floodFactor * limits.outputBytes)}, ${floodFactor} times what is kept`,
        'outputMb',
      );
  }
};

const round = (value: number): number => Math.round(value * 100) / 100;
