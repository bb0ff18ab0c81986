import { hostname, networkInterfaces } from 'node:os';
import type { GpuFigures, MachineFigures } from '@hive/events';
import { readAmd } from './amd.ts';
import { cpuBetween, readMemory, readTicks, type Ticks } from './host.ts';
import { readNvidia } from './nvidia.ts';

/** Where the machine tells of itself; tests hand in folders and programs of their own. */
export type Places = {
  readonly proc: string;
  readonly drm: string;
  readonly nvidiaSmi: string;
  readonly timeoutMs: number;
};

const linux: Places = { proc: '/proc', drm: '/sys/class/drm', nvidiaSmi: 'nvidia-smi', timeoutMs: 3000 };

/** Reads the figures of this machine. `at` is the time that they are told with, as ISO. */
export type MachineWatch = { read(at: string): Promise<MachineFigures> };

/** The watch of one process. When a driver falls silent, its cards stay as they were, with the time at which they were so. */
export const createMachineWatch = (boxes: readonly string[], places: Places = linux): MachineWatch => {
  let ticks: Ticks | null = null;
  let last: { gpus: readonly GpuFigures[]; at: string | null } = { gpus: [], at: null };
  return {
    read: async (at) => {
      const [now, memory, nvidia, amd] = await Promise.all([
        readTicks(places.proc),
        readMemory(places.proc),
        readNvidia({ tool: places.nvidiaSmi, timeoutMs: places.timeoutMs }),
        readAmd(places.drm),
      ]);
      const cpu = cpuBetween(ticks, now);
      ticks = now;
      const isSilent = nvidia === 'silent';
      if (!isSilent) last = { gpus: [...(nvidia === 'none' ? [] : nvidia.gpus), ...amd], at };
      const driver = isSilent ? 'silent' : last.gpus.length > 0 ? 'answers' : 'none';
      return {
        at,
        boxes: [...boxes],
        cpu,
        memory,
        gpus: [...last.gpus],
        driver,
        gpusAt: last.gpus.length > 0 ? last.at : null,
      };
    },
  };
};

/** The boxes of hive.yaml that are this machine, by their address. */
export const boxesHere = (
  boxes: readonly { readonly name: string; readonly endpoint: string }[],
): readonly string[] => {
  const own = new Set([
    'localhost',
    '127.0.0.1',
    '[::1]',
    hostname().toLowerCase(),
    ...Object.values(networkInterfaces()).flatMap((all) =>
      (all ?? []).map(({ address, family }) => (family === 'IPv6' ? `[${address}]` : address)),
    ),
  ]);
  return boxes.filter(({ endpoint }) => own.has(new URL(endpoint).hostname.toLowerCase())).map(({ name }) => name);
};
