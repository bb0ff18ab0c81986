import { readFileSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { sizeOf } from '../../disk/size.ts';
import type { ControlGroup, ControlGroups } from './control-groups.ts';
import type { CommandLimits, Met } from './limits.ts';
import { memoryOf, readProcesses, treeOf, type ProcessLine } from './process-tree.ts';

/** One running command. */
export type Watched = {
  readonly pid: number;
  /** Value of HIVE_STEP_GROUP, by which a process is known that has left its parents. */
  readonly mark: string;
  readonly worktree: string;
  /** Somebody else holds its processes: only the worktree is looked at. */
  readonly isHeld: boolean;
  /** Folders in the memory of the machine, as the command sees them. */
  readonly inMemory: readonly string[];
  readonly limits: CommandLimits;
  readonly group: { readonly control: ControlGroup; readonly holds: ControlGroups['holds'] } | null;
  /** Called once, with the limit that was met. */
  readonly onMet: (met: Met) => void;
};

/** A command that is being looked at. */
export type Watch = { stop(): void };

const tickMs = 250;
/** Between two walks through a worktree. One costs about 20 µs for each file: a tenth of the time, unless it is very large. */
const restMs = (files: number): number => Math.min(10_000, Math.max(1000, files * 0.2));

/** Looks at a command a few times a second: at what no control group holds, and at the disk, which nothing else holds. */
export const watch = (watched: Watched): Watch => {
  const { limits } = watched;
  const over = new AbortController();
  const look = createLook(watched);
  const tell = (met: Met | null): void => {
    if (met === null || over.signal.aborted) return;
    over.abort();
    watched.onMet(met);
  };
  // Most commands are over before anybody has to look.
  const repeat = async (firstMs: number, again: () => Promise<number>): Promise<void> => {
    for (let rest = firstMs; !over.signal.aborted; rest = await again())
      await delay(rest, undefined, { signal: over.signal, ref: false });
  };
  const ended = () => undefined;
  if (!watched.isHeld)
    repeat(tickMs / 2, async () => {
      tell(await look());
      return tickMs;
    }).catch(ended);
  repeat(restMs(0), async () => {
    const { bytes, files } = await sizeOf(watched.worktree);
    tell(bytes > limits.diskBytes ? 'diskBytes' : files > limits.files ? 'files' : null);
    return restMs(files);
  }).catch(ended);
  return { stop: () => over.abort() };
};

const createLook = ({ pid, mark, limits, group, inMemory }: Watched) => {
  const known = new Set<string>();
  const strangers = new Set<string>();
  const holds = (what: 'memory' | 'processes' | 'cpu') => group?.holds.has(what) === true;

  /** A process that left its parents is known by the mark in its environment; each is asked once. */
  const tree = (): ProcessLine[] => {
    const processes = readProcesses();
    for (const { pid: one, group: its, identity } of processes) {
      if (known.has(identity) || strangers.has(identity)) continue;
      if (one === pid || its === pid || hasMark(one, mark)) known.add(identity);
      else strangers.add(identity);
    }
    const found = treeOf(processes, known);
    for (const { identity } of found) known.add(identity);
    return found;
  };

  return async (): Promise<Met | null> => {
    const counted = group?.control.counted();
    if (counted && counted.killed > 0) return 'memoryBytes';
    if (counted?.cpuMs != null && counted.cpuMs > limits.cpuMs) return 'cpuMs';
    if (holds('memory') && holds('processes') && holds('cpu')) return null;
    const found = tree();
    const sum = (of: (line: ProcessLine) => number) => found.reduce((total, line) => total + of(line), 0);
    const threads = sum((line) => line.threads);
    if (!holds('processes') && threads > limits.processes) return 'processes';
    if (!holds('cpu') && sum((line) => line.cpuMs) > limits.cpuMs) return 'cpuMs';
    if (holds('memory')) return null;
    const files = await inMemoryOf(found, inMemory);
    if (files.inodes > limits.files) return 'files';
    if (files.bytes + sum((line) => line.residentBytes) <= limits.memoryBytes) return null;
    return files.bytes + memoryOf(found) > limits.memoryBytes ? 'memoryBytes' : null;
  };
};

const hasMark = (pid: number, mark: string): boolean => {
  try {
    return `\0${readFileSync(`/proc/${pid}/environ`, 'latin1')}`.includes(`\0HIVE_STEP_GROUP=${mark}\0`);
  } catch {
    return false;
  }
};

/** What lies in folders that are memory, seen through the youngest process of the command. */
const inMemoryOf = async (tree: readonly ProcessLine[], folders: readonly string[]) => {
  const within = tree.at(-1)?.pid;
  let [bytes, inodes] = [0, 0];
  for (const folder of within === undefined ? [] : folders) {
    const found = await statfs(`/proc/${within}/root${folder}`).catch(() => null);
    // Before the sandbox stands, and where it may not be looked into, this is another file system.
    if (found?.type !== tmpfs) continue;
    bytes += (found.blocks - found.bfree) * found.bsize;
    inodes += found.files - found.ffree;
  }
  return { bytes, inodes };
};

const tmpfs = 0x0102_1994;
