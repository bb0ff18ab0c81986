import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { boxesHere, createMachineWatch } from './machine-watch.ts';

const folder = (): string => {
  const made = mkdtempSync(join(tmpdir(), 'hive-machine-'));
  onTestFinished(() => rmSync(made, { recursive: true, force: true }));
  return made;
};

/** A machine whose `nvidia-smi` is this script; without one there is none. */
const machine = (script: string | null, cards: Record<string, Record<string, string>> = {}) => {
  const root = folder();
  const nvidiaSmi = join(root, 'nvidia-smi');
  const becomes = (text: string) => {
    writeFileSync(nvidiaSmi, `#!/bin/sh\n${text}\n`);
    chmodSync(nvidiaSmi, 0o755);
  };
  if (script !== null) becomes(script);
  const proc = join(root, 'proc');
  mkdirSync(proc);
  const works = (busy: number, idle: number) =>
    writeFileSync(join(proc, 'stat'), `cpu  ${busy} 0 0 ${idle} 0 0 0 0 0 0\ncpu0 1 1 1 1\n`);
  works(100, 900);
  writeFileSync(
    join(proc, 'meminfo'),
    'MemTotal:       16000 kB\nMemFree:         1000 kB\nMemAvailable:    4000 kB\n',
  );
  for (const [card, files] of Object.entries(cards)) {
    mkdirSync(join(root, 'drm', card, 'device'), { recursive: true });
    for (const [file, text] of Object.entries(files))
      writeFileSync(join(root, 'drm', card, 'device', file), `${text}\n`);
  }
  const watch = createMachineWatch(['ash'], { proc, drm: join(root, 'drm'), nvidiaSmi, timeoutMs: 700 });
  return { watch, becomes, works };
};

const csv = `echo '0, GPU-1234, NVIDIA GeForce RTX 3090, 24576, 20480, 97, 71, 349.50'`;

test('a card is told with its memory in bytes', async () => {
  const { watch } = machine(csv);
  expect(await watch.read('t1')).toMatchObject({
    boxes: ['ash'],
    driver: 'answers',
    gpusAt: 't1',
    gpus: [
      {
        id: 'GPU-1234',
        name: 'NVIDIA GeForce RTX 3090',
        total: 24 * 2 ** 30,
        used: 20 * 2 ** 30,
        busy: 97,
        celsius: 71,
        watts: 349.5,
      },
    ],
    memory: { total: 16_384_000, used: 12_288_000 },
  });
});

test('what a driver does not say is unknown, and not nothing', async () => {
  const { watch } = machine(
    `echo '0, GPU-9, Orin, [N/A], [Not Supported], [N/A], [Unknown Error], [N/A]'; echo ''; echo 'No devices'`,
  );
  expect((await watch.read('t1')).gpus).toEqual([
    { id: 'GPU-9', name: 'Orin', total: null, used: null, busy: null, celsius: null, watts: null },
  ]);
});

test('a driver that hangs is not waited for, and its cards stay as they were', async () => {
  const { watch, becomes } = machine(csv);
  await watch.read('t1');
  becomes('exec sleep 60');
  expect(await watch.read('t2')).toMatchObject({
    at: 't2',
    driver: 'silent',
    gpusAt: 't1',
    gpus: [{ id: 'GPU-1234' }],
  });
  becomes('exit 9');
  expect(await watch.read('t3')).toMatchObject({ driver: 'none', gpusAt: null, gpus: [] });
});

test('cards of AMD are read from the files of their driver, and what has no memory of its own is none', async () => {
  const { watch } = machine(null, {
    card0: { mem_info_vram_total: '17163091968', mem_info_vram_used: '1024', gpu_busy_percent: '3' },
    'card0-DP-1': { mem_info_vram_total: '1' },
    card1: { gpu_busy_percent: '0' },
  });
  expect(await watch.read('t1')).toMatchObject({
    driver: 'answers',
    gpus: [{ id: 'card0', total: 17_163_091_968, used: 1024, busy: 3 }],
  });
});

test('processors are told between two looks', async () => {
  const { watch, works } = machine(null);
  expect((await watch.read('t1')).cpu).toBeNull();
  works(130, 970);
  expect((await watch.read('t2')).cpu).toBe(30);
});

test('a box is here when its address is', () => {
  const box = (name: string, endpoint: string) => ({ name, endpoint });
  const boxes = [box('a', 'http://127.0.0.1:11434'), box('b', 'http://[::1]:1'), box('c', 'http://192.0.2.9:11434')];
  expect(boxesHere(boxes)).toEqual(['a', 'b']);
});
