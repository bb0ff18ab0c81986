import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { GpuFigures } from '@hive/events';

/** The cards whose driver tells of them below `/sys/class/drm`, as that of AMD does. One that says nothing of its memory is none. */
export const readAmd = async (drm: string): Promise<readonly GpuFigures[]> => {
  const cards = (await readdir(drm).catch(() => [])).filter((name) => /^card\d+$/.test(name)).toSorted();
  const found = await Promise.all(cards.map((card) => readCard(card, join(drm, card, 'device'))));
  return found.filter((card) => card !== null);
};

const readCard = async (card: string, device: string): Promise<GpuFigures | null> => {
  const [total, used, busy, name] = await Promise.all([
    numberIn(join(device, 'mem_info_vram_total')),
    numberIn(join(device, 'mem_info_vram_used')),
    numberIn(join(device, 'gpu_busy_percent')),
    textIn(join(device, 'product_name')),
  ]);
  return total === null ? null : { id: card, name: name || null, total, used, busy, celsius: null, watts: null };
};

const textIn = (file: string): Promise<string> =>
  readFile(file, 'utf8').then(
    (text) => text.trim(),
    () => '',
  );

const numberIn = async (file: string): Promise<number | null> => {
  const text = await textIn(file);
  return /^\d+$/.test(text) ? Number(text) : null;
};
