import { readFileSync } from 'node:fs';
import type { RunResult } from '../port.ts';
import type { Used } from './limits/limiter.ts';
import { breachOf, type CommandLimits, type Met } from './limits/limits.ts';
import { tailOf } from './output.ts';
import type { Ended } from './spawn-group.ts';

/** What is known about how a command ended. `kills`: processes that the kernel killed meanwhile, anywhere, for lack of memory. */
export type Circumstances = {
  readonly name: string;
  readonly timeoutMs: number;
  readonly limits: CommandLimits;
  readonly counted: Used;
  /** Whether the kernel refuses processes here without counting what it refused. */
  readonly refusesSilently: boolean;
  readonly kills: number;
  /** What starts the command in a container, and has exits of its own. */
  readonly engine: string | null;
};

const signals: Readonly<Record<string, number>> = {
  SIGHUP: 1,
  SIGINT: 2,
  SIGQUIT: 3,
  SIGILL: 4,
  SIGABRT: 6,
  SIGBUS: 7,
  SIGFPE: 8,
  SIGKILL: 9,
  SIGSEGV: 11,
  SIGPIPE: 13,
  SIGTERM: 15,
  SIGXCPU: 24,
  SIGXFSZ: 25,
};

/** A command's exit, and what the environment did to it; nothing of that when it ended by itself, red or green. */
export const endingOf = (ended: Ended, around: Circumstances): Pick<RunResult, 'exit' | 'infra' | 'reason'> => {
  const exit = ended.by === 'itself' ? (ended.exit ?? killedExit(ended.killedBy)) : null;
  return { exit, ...infraOf(ended, exit, around) };
};

const killedExit = (signal: NodeJS.Signals | null): number | null => (signal ? 128 + (signals[signal] ?? 0) : null);

const infraOf = (
  ended: Ended,
  exit: number | null,
  { name, timeoutMs, limits, counted, refusesSilently, kills, engine }: Circumstances,
): Pick<RunResult, 'infra' | 'reason'> => {
  const beyond = ({ code, says } = breachOf('memoryBytes', limits)) => ({
    infra: code,
    reason: `${name} ${says}, and was stopped`,
  });
  if (ended.failed)
    return { infra: 'check.not_found', reason: `${name} could not be started: ${ended.failed.message}` };
  if (ended.breach) return beyond(ended.breach);
  if (counted.killed > 0) return beyond();
  if (ended.by === 'time limit')
    return {
      infra: 'check.timeout',
      reason: `${name} did not end within ${Math.round(timeoutMs / 100) / 10} s and was stopped`,
    };
  if (exit === 0) return {};
  const tail = tailOf(ended.output);
  if (engine !== null && isOfEngine(exit, tail))
    return {
      infra: 'check.not_found',
      reason: `${name} could not be started by ${engine}: ${tail.split('\n').at(-1) ?? ''}`,
    };
  const met = metBy(exit, tail, counted.refused > 0 || (refusesSilently && couldNotFork.test(tail)));
  if (met) {
    const { code, says } = breachOf(met, limits);
    return { infra: code, reason: `${name} ${says}, and failed` };
  }
  if (exit === 137)
    return {
      infra: 'infra.oom',
      reason:
        kills > 0
          ? `${name} was killed (SIGKILL), most likely because the machine ran out of memory: the kernel killed ${kills} processes for it meanwhile`
          : `${name} was killed (SIGKILL), neither by a limit of Hive nor, as far as the kernel tells, for lack of memory`,
    };
  if (/ENOSPC|No space left on device|Disk quota exceeded/.test(tail))
    return { infra: 'infra.disk', reason: `${name} could not write: no space left on the disk` };
  return {};
};

/** podman and docker exit with 125 when they fail themselves, and with 126 and 127 for programs that the image does not have. */
const isOfEngine = (exit: number | null, tail: string): boolean =>
  exit === 125 || ((exit === 126 || exit === 127) && /executable file|OCI runtime/.test(tail));

/** A limit that the kernel keeps by refusing: the command fails by itself, and says why or not. */
const metBy = (exit: number | null, tail: string, isRefused: boolean): Met | null => {
  if (exit === 128 + (signals['SIGXCPU'] ?? 0)) return 'cpuMs';
  if (exit === 128 + (signals['SIGXFSZ'] ?? 0) || /EFBIG|File too large/.test(tail)) return 'fileBytes';
  return isRefused ? 'processes' : null;
};

/** How shells and languages complain about it. Whoever prints this to look innocent is not: a red check then counts for nothing. */
const couldNotFork =
  /cannot fork|fork[^\n]*(?:EAGAIN|temporarily unavailable)|spawn[^\n]* EAGAIN|BlockingIOError: \[Errno 11\]|pthread_create|create (?:new OS|native) thread/i;

/** How many processes the kernel has killed for lack of memory since it started; 0 where it does not tell. */
export const machineKills = (): number => {
  try {
    return Number(/^oom_kill (\d+)$/m.exec(readFileSync('/proc/vmstat', 'utf8'))?.[1] ?? 0);
  } catch {
    return 0;
  }
};
