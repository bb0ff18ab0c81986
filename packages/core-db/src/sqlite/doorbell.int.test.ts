import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createDoorbell, type Doorbell } from './doorbell.ts';

let home: string;
const bells: Doorbell[] = [];
beforeEach(async () => void (home = await mkdtemp(join(tmpdir(), 'hive-bell-'))));
afterEach(async () => {
  vi.useRealTimers();
  await Promise.all(bells.splice(0).map((it) => it.close()));
  await rm(home, { recursive: true, force: true });
});

test('the first ring after a silence is passed on at once: no timer has to run on its way', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const heard = [0, 0, 0];
  const all = heard.map((_, i) => {
    const bell = createDoorbell(join(home, 'bell.sock'), () => false);
    bells.push(bell);
    bell.listen(() => (heard[i] = (heard[i] ?? 0) + 1));
    return bell;
  });
  // The first is the hub; once the others are heard they are in.
  for (const bell of all)
    while (!heard.every((it) => it > 0)) {
      bell.ring();
      vi.advanceTimersByTime(50);
      await new Promise((turn) => setImmediate(turn));
    }
  vi.advanceTimersByTime(50);
  heard.fill(0);
  all[2]?.ring();
  while (!heard.every((it) => it > 0)) await new Promise((turn) => setImmediate(turn));
  expect(heard).toEqual([1, 1, 1]);
});
