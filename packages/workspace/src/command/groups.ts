import { readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { identityOf, isAlive, statOf } from '../git/process-id.ts';
import { endControlGroups } from './limits/control-groups.ts';
import { controlGroupName } from './limits/limiter.ts';
import { signalGroup } from './spawn-group.ts';

/** The process groups that one agent process has started, on disk, so that another can end them. */
export type Groups = {
  /** Records a group; the answer forgets it again. */
  record(pgid: number): () => void;
};

/** Where the groups of an incarnation are recorded. */
export const groupsFolder = (home: string, incarnation: string): string => join(home, 'run', 'groups', incarnation);

/** Where it is written in which folders an incarnation makes control groups: the next one may look elsewhere. */
const parentsFile = 'control-groups.json';

/** Opens the record of one incarnation, which makes control groups in `parents`. */
export const openGroups = async (home: string, incarnation: string, parents: readonly string[]): Promise<Groups> => {
  const folder = groupsFolder(home, incarnation);
  await mkdir(folder, { recursive: true });
  if (parents.length > 0) await writeFile(join(folder, parentsFile), JSON.stringify(parents));
  return {
    record: (pgid) => {
      const file = join(folder, String(pgid));
      // Synchronously: nothing may happen between the start of a group and its record.
      writeFileSync(file, identityOf(pgid));
      return () => rmSync(file, { force: true });
    },
  };
};

/**
 * Ends every process that carries this mark in its environment, wherever it has moved to.
 * The environment is read from /proc, so a pid that was given to somebody else meanwhile is never hit.
 * Not looked at is what began before `since`, as `statOf` tells it: the first process of what is ended.
 */
export const endMarked = async (mark: string, since = '0'): Promise<void> => {
  for (let round = 0; round < 50; round++) {
    const found = marked(mark, Number(since));
    for (const pid of found) kill(pid);
    if (found.length === 0) return;
    await delay(10);
  }
};

/** Ends the groups that a vanished incarnation left behind, and whatever else carries its mark. */
export const endGroups = async (home: string, incarnation: string): Promise<void> => {
  const folder = groupsFolder(home, incarnation);
  for (const name of await readdir(folder).catch(() => [])) {
    if (name === parentsFile) continue;
    const identity = await readFile(join(folder, name), 'utf8').catch(() => '');
    if (identity && isAlive(identity)) signalGroup(Number(name), 'SIGKILL');
  }
  await endMarked(`${incarnation}.`);
  await endControlGroups(await parentsOf(folder), controlGroupName(`${incarnation}.`));
  await rm(folder, { recursive: true, force: true });
};

const parentsOf = async (folder: string): Promise<string[]> => {
  const text = await readFile(join(folder, parentsFile), 'utf8').catch(() => '[]');
  // Its writer may have been killed.
  return text.endsWith(']') ? (JSON.parse(text) as string[]) : [];
};

const kill = (pid: number) => {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It ended by itself.
  }
};

const marked = (mark: string, since: number): number[] => {
  const needle = `\0HIVE_STEP_GROUP=${mark}`;
  return processes().filter((pid) => {
    const found = pid === process.pid ? null : statOf(pid);
    if (found === null || Number(found.start) < since) return false;
    try {
      return `\0${readFileSync(`/proc/${pid}/environ`, 'latin1')}`.includes(needle);
    } catch {
      return false;
    }
  });
};

const processes = (): number[] => {
  try {
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .map(Number);
  } catch {
    return [];
  }
};
