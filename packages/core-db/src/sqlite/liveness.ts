import { existsSync, readFileSync } from 'node:fs';
import { hostname } from 'node:os';

/** What a process leaves in its agent row, so that others on this machine can see whether it still lives. */
export const processMark = (): string =>
  JSON.stringify([hostname(), boot(), process.pid, startOf(process.pid)?.start ?? null]);

/** True when the process that left the mark is surely gone. False for other machines and for marks that cannot be read. */
export const isGone = (mark: string): boolean => {
  const [host, bootedAs, pid, start] = JSON.parse(mark) as [string, string | null, number, string | null];
  if (host !== hostname()) return false;
  if (bootedAs !== boot()) return true;
  if (!isThere(pid)) return true;
  // The number may have been given to another process since.
  const found = startOf(pid);
  return found !== null && start !== null && (found.start !== start || found.ended);
};

const isThere = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
};

/** When a process started, in ticks since boot, and whether it has ended and only waits for its parent. Null where there is no /proc. */
const startOf = (pid: number): { start: string; ended: boolean } | null => {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name in brackets may hold spaces and brackets.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return { start: fields[19] ?? '', ended: fields[0] === 'Z' || fields[0] === 'X' };
  } catch {
    return null;
  }
};

const bootFile = '/proc/sys/kernel/random/boot_id';
let booted: string | null | undefined;
const boot = (): string | null => (booted ??= existsSync(bootFile) ? readFileSync(bootFile, 'utf8').trim() : null);
