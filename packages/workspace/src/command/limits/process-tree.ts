import { readFileSync, readdirSync } from 'node:fs';

/** One process as the kernel tells it. */
export type ProcessLine = {
  readonly pid: number;
  readonly parent: number;
  readonly group: number;
  /** Never the same for two processes: pid and start time. */
  readonly identity: string;
  readonly threads: number;
  /** Resident memory, what is shared counted in each. */
  readonly residentBytes: number;
  /** Its own processor time and that of the children that it has buried. */
  readonly cpuMs: number;
};

const pageBytes = 4096;
/** USER_HZ, the same on all architectures that Linux calls by this interface. */
const msPerTick = 10;

/** A line of /proc/<pid>/stat; null for a process that has ended. */
export const parseStat = (pid: number, stat: string): ProcessLine | null => {
  // The name is in parentheses and may hold anything, so fields count from the last one.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  if (fields.length < 22 || fields[0] === 'Z' || fields[0] === 'X') return null;
  const at = (index: number) => Number(fields[index]);
  return {
    pid,
    parent: at(1),
    group: at(2),
    identity: `${pid} ${fields[19]}`,
    threads: at(17),
    residentBytes: at(21) * pageBytes,
    cpuMs: (at(11) + at(12) + at(13) + at(14)) * msPerTick,
  };
};

/** All processes of the machine; nothing where there is no /proc. */
export const readProcesses = (): ProcessLine[] => {
  try {
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .flatMap((name) => {
        const stat = read(`/proc/${name}/stat`);
        return (stat && parseStat(Number(name), stat)) || [];
      });
  } catch {
    return [];
  }
};

/** Those that began with one of `roots` (identities), and all that they started. */
export const treeOf = (processes: readonly ProcessLine[], roots: ReadonlySet<string>): ProcessLine[] => {
  const children = Map.groupBy(processes, ({ parent }) => parent);
  const found = new Map<number, ProcessLine>();
  const take = (process: ProcessLine): void => {
    if (found.has(process.pid)) return;
    found.set(process.pid, process);
    children.get(process.pid)?.forEach(take);
  };
  processes.filter(({ identity }) => roots.has(identity)).forEach(take);
  return [...found.values()];
};

/** Memory with what is shared divided among its sharers; costs the kernel a walk, so only when the cheap sum is too much. */
export const memoryOf = (tree: readonly ProcessLine[]): number =>
  tree.reduce((sum, { pid, residentBytes }) => {
    const kilobytes = /^Pss: +(\d+) kB$/m.exec(read(`/proc/${pid}/smaps_rollup`) ?? '')?.[1];
    return sum + (kilobytes === undefined ? residentBytes : Number(kilobytes) * 1024);
  }, 0);

const read = (path: string): string | null => {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return null;
  }
};
