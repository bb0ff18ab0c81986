import { existsSync, statSync, utimesSync } from 'node:fs';
import { newId } from '@hive/bus';
import { streams } from '@hive/events';
import { pino } from 'pino';
import { afterEach, expect, test } from 'vitest';
import type { Context } from '../agent.ts';
import { openHouse, type House } from '../testing/index.ts';
import { collectedFile } from './collect-garbage.ts';
import { createDiskKeeper, type DiskKeeper } from './disk-keeper.ts';

let house: House;
afterEach(() => house.close());

/** Keepers of one home, in workers of their own, and the one disk that they see. */
const open = async (count: number) => {
  house = await openHouse({ yaml: 'hive: { disk: { floorGb: 5 } }' });
  const disk = { freeBytes: 6e9, totalBytes: 100e9 };
  const keepers: DiskKeeper[] = [];
  for (let n = 0; n < count; n++) {
    const incarnation = newId();
    const data = { agent: 'worker', role: 'worker', incarnation, host: 'h', pid: 1, capabilities: [], version: '1' };
    const stream = streams.agent(incarnation);
    await house.bus.command({
      on: null,
      correlationId: incarnation,
      events: [{ type: 'agent.registered', stream, data }],
    });
    const ctx: Context = { ...house, log: pino({ level: 'silent' }), agent: 'worker', incarnation, host: 'h' };
    keepers.push(createDiskKeeper(ctx, () => Promise.resolve({ ...disk })));
  }
  return { disk, look: () => Promise.all(keepers.map((keeper) => keeper.look())) };
};
const alerts = async () => (await house.events(streams.system)).map(({ type, data }) => ({ type, ...data }));

test('a disk that is too full is told once by all workers, and once that it is not any more', async () => {
  const { disk, look } = await open(3);
  await look();
  expect(await alerts()).toEqual([]);
  for (const freeBytes of [4e9, 3.2e9, 7e9, 8e9, 1e9]) {
    disk.freeBytes = freeBytes;
    await look();
  }
  expect(await alerts()).toEqual([
    expect.objectContaining({
      type: 'system.alert_raised',
      alert: 'disk.low@h',
      message: expect.stringMatching(
        /^Only 4\.0 GB are free at .*, and below 5\.0 GB nothing new starts: .*hive df/,
      ) as string,
    }),
    { type: 'system.alert_resolved', alert: 'disk.low@h' },
    expect.objectContaining({ type: 'system.alert_raised', message: expect.stringContaining('1.0 GB') as string }),
  ]);
  expect(await house.broken()).toEqual([]);
});

test('garbage is collected at once, then every ten minutes, and sooner on a full disk', async () => {
  const { disk, look } = await open(1);
  await look();
  const file = collectedFile(house.config.home);
  expect(existsSync(file)).toBe(true);
  const stays = async (minutes: number) => {
    const at = new Date(Date.now() - minutes * 60_000);
    utimesSync(file, at, at);
    await look();
    return statSync(file).mtimeMs === at.getTime();
  };
  expect(await stays(9)).toBe(true);
  expect(await stays(11)).toBe(false);
  disk.freeBytes = 1e9;
  expect(await stays(2)).toBe(false);
});
