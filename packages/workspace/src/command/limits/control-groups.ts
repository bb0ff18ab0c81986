import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmdirSync, writeFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { placesOf, type Counted, type Held, type Place } from './control-group-places.ts';
import type { CommandLimits } from './limits.ts';

/** The kernel's own limits around one command. */
export type ControlGroup = {
  /** Puts a process in; whatever it starts from then on is in as well. The kernel waits for all its cores meanwhile, some 10 ms. */
  add(pid: number): Promise<void>;
  counted(): Counted;
  /** Ends whatever is in it now. */
  sweep(): void;
  /** Ends whatever is still in it, wherever that has moved to, and removes the group. */
  end(): Promise<void>;
};

/** Control groups that Hive may make here. */
export type ControlGroups = {
  readonly version: 1 | 2;
  /** What they hold; the rest is watched. */
  readonly holds: ReadonlySet<Held>;
  /** Folders in which groups are made, to find those that a killed process left. */
  readonly parents: readonly string[];
  create(name: string, limits: CommandLimits): ControlGroup;
};

/** Looks for a place where groups can be made, by making one and putting a process into it. Null when there is none. */
export const findControlGroups = async (name: string, limits: CommandLimits): Promise<ControlGroups | null> => {
  for (const place of placesOf(read('/proc/self/mountinfo') ?? '', read('/proc/self/cgroup') ?? '')) {
    const groups = groupsAt(place);
    if (groups && (await works(groups, name, limits))) return groups;
  }
  return null;
};

const groupsAt = (place: Place): ControlGroups | null => {
  const folders = Object.entries(place.folders) as [Held, string][];
  if (place.version === 2) for (const [, folder] of folders) enable(folder);
  const usable = folders.filter(([held, parent]) => canMake(place, held, parent));
  if (!usable.some(([held]) => held === 'memory' || held === 'processes')) return null;
  return {
    version: place.version,
    holds: new Set(usable.map(([held]) => held)),
    parents: [...new Set(usable.map(([, parent]) => parent))],
    create: (name, limits) => createGroup(place, usable, name, limits),
  };
};

/** In version 2 a controller has to be handed down; where that is refused, it may have been done already. */
const enable = (folder: string): void => {
  for (const controller of ['+memory', '+pids', '+cpu']) tryWrite(join(folder, 'cgroup.subtree_control'), controller);
};

const canMake = (place: Place, held: Held, parent: string): boolean => {
  const folder = join(parent, `hive.try.${process.pid}`);
  try {
    mkdirSync(folder, { recursive: true });
    return place.files(held).every((file) => existsSync(join(folder, file)));
  } catch {
    return false;
  } finally {
    tryRemove(folder);
  }
};

const createGroup = (
  place: Place,
  usable: readonly (readonly [Held, string])[],
  name: string,
  limits: CommandLimits,
): ControlGroup => {
  const folderOf = new Map(usable.map(([held, parent]) => [held, join(parent, name)]));
  const folders = [...new Set(folderOf.values())];
  for (const folder of folders) mkdirSync(folder, { recursive: true });
  for (const [held, folder] of folderOf) {
    if (held === 'cores' && limits.cores >= availableParallelism()) continue;
    for (const { file, text, isOptional } of place.settings(held, limits))
      if (isOptional) tryWrite(join(folder, file), text);
      else writeFileSync(join(folder, file), text);
  }
  return {
    add: async (pid) => {
      // One after the other: the kernel waits once for all, and each would keep a thread of this process.
      for (const folder of folders) await writeFile(join(folder, 'cgroup.procs'), String(pid));
    },
    counted: () => place.counted((held, file) => read(join(folderOf.get(held) ?? '/nowhere', file)) ?? ''),
    sweep: () => folders.forEach(killAll),
    end: () => endFolders(folders),
  };
};

/** Ends and removes the groups of a vanished incarnation in `parents`. */
export const endControlGroups = async (parents: readonly string[], prefix: string): Promise<void> => {
  for (const parent of parents)
    await endFolders(
      names(parent)
        .filter((name) => name.startsWith(prefix))
        .map((name) => join(parent, name)),
    );
};

const endFolders = async (folders: readonly string[]): Promise<void> => {
  // A process that is being killed stays in its group for a moment; a fork bomb makes new ones meanwhile.
  for (let round = 0; round < 200; round++) {
    const left = folders.filter((folder) => !tryRemove(folder));
    if (left.length === 0) return;
    left.forEach(killAll);
    await delay(round < 20 ? 2 : 20);
  }
};

const killAll = (folder: string): void => {
  if (tryWrite(join(folder, 'cgroup.kill'), '1')) return;
  for (const pid of (read(join(folder, 'cgroup.procs')) ?? '').split('\n').filter(Boolean)) {
    try {
      process.kill(Number(pid), 'SIGKILL');
    } catch {
      // It ended by itself.
    }
  }
};

const works = async (groups: ControlGroups, name: string, limits: CommandLimits): Promise<boolean> => {
  const child = spawn('/bin/sh', ['-c', 'read -r _'], { stdio: ['pipe', 'ignore', 'ignore'], env: {} });
  let group: ControlGroup | undefined;
  try {
    await once(child, 'spawn');
    group = groups.create(name, limits);
    await group.add(child.pid ?? 0);
    return true;
  } catch {
    return false;
  } finally {
    child.kill('SIGKILL');
    await group?.end();
  }
};

const read = (path: string): string | null => {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
};

const names = (folder: string): string[] => {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
};

/** Never makes a file: in a file system of control groups it would be refused, elsewhere it would be a mistake. */
const tryWrite = (path: string, text: string): boolean => {
  try {
    writeFileSync(path, text, { flag: 'r+' });
    return true;
  } catch {
    return false;
  }
};

/** True when it is gone. */
const tryRemove = (folder: string): boolean => {
  try {
    rmdirSync(folder);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT';
  }
};
