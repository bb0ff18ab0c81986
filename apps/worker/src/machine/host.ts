import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** How long all processors were busy, and how long there was, in ticks since the start of the machine. */
export type Ticks = { readonly busy: number; readonly all: number };

/** The ticks of `/proc/stat`; null where there is none. */
export const readTicks = async (proc: string): Promise<Ticks | null> => {
  const text = await readFile(join(proc, 'stat'), 'utf8').catch(() => '');
  const cells = /^cpu\s+(.*)$/m.exec(text)?.[1]?.trim().split(/\s+/).map(Number).slice(0, 8);
  if (!cells || cells.length < 5 || cells.some((it) => !Number.isFinite(it))) return null;
  const all = cells.reduce((sum, it) => sum + it, 0);
  return { all, busy: all - (cells[3] ?? 0) - (cells[4] ?? 0) }; // without idle and waiting for disks
};

/** Percent of all processors between two looks; null where that cannot be told. */
export const cpuBetween = (before: Ticks | null, now: Ticks | null): number | null =>
  before === null || now === null || now.all <= before.all
    ? null
    : Math.round(((now.busy - before.busy) / (now.all - before.all)) * 1000) / 10;

/** The memory of `/proc/meminfo` in bytes; what can be had back at once does not count as used. */
export const readMemory = async (proc: string): Promise<{ readonly total: number; readonly used: number } | null> => {
  const text = await readFile(join(proc, 'meminfo'), 'utf8').catch(() => '');
  const bytes = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(text)?.[1]) * 1024;
  const [total, free] = [bytes('MemTotal'), bytes('MemAvailable')];
  return Number.isFinite(total) && Number.isFinite(free) ? { total, used: total - free } : null;
};
