import { basename, dirname, join, relative } from 'node:path';
import type { CommandLimits } from './limits.ts';

/** What a control group can hold. */
export type Held = 'memory' | 'processes' | 'cores' | 'cpu';

/** What the kernel counted in a group. */
export type Counted = {
  /** Processes that were killed because the group had no memory left. */
  readonly killed: number;
  /** Processes that were refused because there were too many. */
  readonly refused: number;
  /** Processor time; null when it is not counted. */
  readonly cpuMs: number | null;
};

/** What is written to one file of a group. */
export type Setting = { readonly file: string; readonly text: string; readonly isOptional?: boolean };

/** A place in which groups may be made, and how its kernel interface is spoken. */
export type Place = {
  readonly version: 1 | 2;
  /** Where groups are made, by what they hold there. */
  readonly folders: Readonly<Partial<Record<Held, string>>>;
  /** Files that a group has when it can hold this. */
  files(held: Held): readonly string[];
  settings(held: Held, limits: CommandLimits): readonly Setting[];
  counted(read: (held: Held, file: string) => string): Counted;
};

const periodUs = 100_000;
const quota = ({ cores }: CommandLimits) => String(Math.max(1000, Math.round(cores * periodUs)));

const number = (text: string, pattern: RegExp): number => Number(pattern.exec(text)?.[1] ?? 0);

/** One hierarchy for all; its groups lie below Hive's own, or beside it when whoever started Hive left room there. */
const version2 = (folder: string): Place => ({
  version: 2,
  folders: { memory: folder, processes: folder, cores: folder, cpu: folder },
  files: (held) => [{ memory: 'memory.max', processes: 'pids.max', cores: 'cpu.max', cpu: 'cpu.stat' }[held]],
  settings: (held, limits) =>
    ({
      memory: [
        { file: 'memory.max', text: String(limits.memoryBytes) },
        { file: 'memory.swap.max', text: '0', isOptional: true },
        { file: 'memory.oom.group', text: '1', isOptional: true },
      ],
      processes: [{ file: 'pids.max', text: String(limits.processes) }],
      cores: [{ file: 'cpu.max', text: `${quota(limits)} ${periodUs}` }],
      cpu: [],
    })[held],
  counted: (read) => ({
    killed: number(read('memory', 'memory.events'), /^oom_kill (\d+)$/m),
    refused: number(read('processes', 'pids.events'), /^max (\d+)$/m),
    cpuMs: cpuMs(read('cpu', 'cpu.stat'), /^usage_usec (\d+)$/m, 1000),
  }),
});

/** A hierarchy for each controller. */
const version1 = (folders: Place['folders']): Place => ({
  version: 1,
  folders,
  files: (held) => [
    { memory: 'memory.limit_in_bytes', processes: 'pids.max', cores: 'cpu.cfs_quota_us', cpu: 'cpuacct.usage' }[held],
  ],
  settings: (held, limits) =>
    ({
      memory: [
        { file: 'memory.limit_in_bytes', text: String(limits.memoryBytes) },
        { file: 'memory.memsw.limit_in_bytes', text: String(limits.memoryBytes), isOptional: true },
      ],
      processes: [{ file: 'pids.max', text: String(limits.processes) }],
      cores: [
        { file: 'cpu.cfs_period_us', text: String(periodUs) },
        { file: 'cpu.cfs_quota_us', text: quota(limits) },
      ],
      cpu: [],
    })[held],
  counted: (read) => ({
    killed: number(read('memory', 'memory.oom_control'), /^oom_kill (\d+)$/m),
    refused: number(read('processes', 'pids.events'), /^max (\d+)$/m),
    cpuMs: cpuMs(read('cpu', 'cpuacct.usage'), /^(\d+)$/m, 1_000_000),
  }),
});

const cpuMs = (text: string, pattern: RegExp, unitsPerMs: number): number | null => {
  const used = pattern.exec(text)?.[1];
  return used === undefined ? null : Math.round(Number(used) / unitsPerMs);
};

const controllerOf = { memory: 'memory', pids: 'processes', cpu: 'cores', cpuacct: 'cpu' } as const;

/** Where groups may be made, best first, from the texts of /proc/self/mountinfo and /proc/self/cgroup. */
export const placesOf = (mountinfo: string, own: string): Place[] => {
  const mounts = mountinfo.split('\n').flatMap((line) => {
    const [before = '', after = ''] = line.split(' - ');
    const [, , , root = '', point = ''] = before.split(' ');
    const [type, , options = ''] = after.split(' ');
    return type === 'cgroup' || type === 'cgroup2' ? [{ type, root, point, options: options.split(',') }] : [];
  });
  const groups = own.split('\n').flatMap((line) => {
    const [, controllers, ...path] = line.split(':');
    return controllers === undefined ? [] : [{ controllers: controllers.split(','), path: path.join(':') }];
  });
  const folderIn = (mount: (typeof mounts)[number], path: string): string =>
    join(mount.point, relative(mount.root, path).replace(/^(\.\.\/?)+/, ''));

  const unified = mounts.find(({ type }) => type === 'cgroup2');
  const ownPath = groups.find(({ controllers }) => controllers[0] === '')?.path;
  const second = unified && ownPath !== undefined ? delegated(folderIn(unified, ownPath), unified.point) : [];
  const first: Partial<Record<Held, string>> = {};
  for (const [controller, held] of Object.entries(controllerOf)) {
    const mount = mounts.find(({ type, options }) => type === 'cgroup' && options.includes(controller));
    const path = groups.find(({ controllers }) => controllers.includes(controller))?.path;
    if (mount && path !== undefined) first[held] = folderIn(mount, path);
  }
  return [...second.map(version2), ...(Object.keys(first).length > 0 ? [version1(first)] : [])];
};

/** Hive's own group, and the one around it when that was handed over as a whole; what systemd manages itself is left alone. */
const delegated = (own: string, top: string): string[] =>
  own === top || /\.(?:scope|service|slice)$/.test(basename(own)) ? [own] : [own, dirname(own)];
