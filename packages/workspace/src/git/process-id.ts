import { readFileSync } from 'node:fs';

const read = (path: string): string | null => {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
};

const boot = read('/proc/sys/kernel/random/boot_id')?.slice(0, 8) ?? 'noboot';

/** What the kernel says about a process; null when it does not run (a zombie does not). */
export const statOf = (pid: number): { group: number; session: number; start: string } | null => {
  const stat = read(`/proc/${pid}/stat`);
  if (stat === null) return null;
  // The name is in parentheses and may hold anything, so fields count from the last one.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  if (fields[0] === 'Z' || fields[0] === 'X') return null;
  return { group: Number(fields[2]), session: Number(fields[3]), start: fields[19] ?? '' };
};

/** A name for a running process that is never used again: pid, start time, boot. Without /proc the pid alone. */
export const identityOf = (pid: number): string => `${pid} ${statOf(pid)?.start ?? '-'} ${boot}`;

/** True when the process that had this name still runs. */
export const isAlive = (identity: string): boolean => {
  const [pid, start, at] = identity.split(' ');
  if (!pid || at !== boot) return false;
  const stat = statOf(Number(pid));
  if (stat) return stat.start === start;
  if (start !== '-') return false;
  try {
    process.kill(Number(pid), 0);
    return true;
  } catch {
    return false;
  }
};
