import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

/** The building that runs on a home: the process to signal and the address to speak to. */
export type Run = { readonly pid: number; readonly url: string };

const RunFile = z.object({ pid: z.int().positive(), url: z.url(), started: z.string().nullable() });

const fileOf = (home: string) => join(home, 'run.json');

/** When a process began, in the kernel's ticks: tells it from a later one that was given the same number. null where this is not told. */
const startOf = (pid: number): string | null => {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null; // the name in brackets may hold anything
  } catch {
    return null;
  }
};

const isAlive = (pid: number, started: string | null): boolean => {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false; // EPERM: alive, and another user's
  }
  const now = startOf(pid);
  return started === null || now === null || started === now;
};

/** Who runs on this home; null when nobody does, also when the file was left behind by a process that is gone. */
export const readRun = (home: string): Run | null => {
  let text: string;
  try {
    text = readFileSync(fileOf(home), 'utf8');
  } catch {
    return null;
  }
  const parsed = RunFile.safeParse(jsonOf(text));
  if (!parsed.success || !isAlive(parsed.data.pid, parsed.data.started)) return null;
  return { pid: parsed.data.pid, url: parsed.data.url };
};

/** Says who runs on this home. */
export const writeRun = (home: string, run: Run): void => {
  mkdirSync(home, { recursive: true, mode: 0o700 });
  const draft = `${fileOf(home)}.${process.pid}`;
  writeFileSync(draft, `${JSON.stringify({ ...run, started: startOf(run.pid) })}\n`, { mode: 0o600 });
  renameSync(draft, fileOf(home));
};

/** Takes the entry of `pid` away; another process's entry stays. */
export const removeRun = (home: string, pid: number): void => {
  if ((readRun(home)?.pid ?? pid) === pid) rmSync(fileOf(home), { force: true });
};

const jsonOf = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
};
