import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openStore, type Store } from '../index.ts';
import { startChild, type Child } from '../testing/child.ts';
import { sampleWrite } from '../testing/index.ts';

/** Far more than turns cost, and far less than it takes to give up: the machine of a test may be busy. */
const aWhileMs = 2_000;

let home: string;
let store: Store;
const children: Child[] = [];
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'hive-turns-'));
  store = await openStore({ home });
});
afterEach(async () => {
  await Promise.all(children.splice(0).map((it) => it.kill()));
  await store.close();
  await rm(home, { recursive: true, force: true });
});

/** Other processes that write one after the other: `hog` for ever, `burst` some, and then they keep the turn until somebody wants it. */
const others = (...verbs: readonly ('hog' | 'burst')[]): Promise<readonly Child[]> =>
  Promise.all(
    verbs.map(async (verb) => {
      const child = startChild({ home }, verb);
      children.push(child);
      await child.says('wrote');
      return child;
    }),
  );

/** Writes one after the other for a time; answers how often and the longest wait. */
const writeFor = async (ms: number): Promise<{ readonly count: number; readonly worstMs: number }> => {
  const stream = `box/${crypto.randomUUID()}`;
  const until = performance.now() + ms;
  let [count, worstMs] = [0, 0];
  for (let now = performance.now(); now < until; count++) {
    await store.write(sampleWrite(stream, count));
    const after = performance.now();
    worstMs = Math.max(worstMs, after - now);
    now = after;
  }
  return { count, worstMs };
};

const written = async (): Promise<number> => (await store.end()).position;

test('processes that write without a pause all come to it, and one that is killed holds nobody up', async () => {
  const all = await others('hog', 'hog');
  const before = await written();
  const { count, worstMs } = await writeFor(1_000);
  const theirs = (await written()) - before - count;
  expect(count).toBeGreaterThan(theirs / 20);
  expect(theirs).toBeGreaterThan(count / 20);
  expect(worstMs).toBeLessThan(aWhileMs);
  // One of them passes the turns on, or this process does.
  for (const child of all) {
    process.kill(child.pid, 'SIGKILL');
    const after = await writeFor(200);
    expect(after.count).toBeGreaterThan(0);
    expect(after.worstMs).toBeLessThan(aWhileMs);
  }
  const broken = (await store.verify()).filter((it) => it.status === 'broken');
  expect(broken.map((it) => it.number)).not.toContain(8);
});

test('processes that are stopped while it is their turn, or while they say whose it is, hold nobody up', async () => {
  for (const child of await others('burst', 'burst')) {
    process.kill(child.pid, 'SIGSTOP');
    const { count, worstMs } = await writeFor(300);
    expect(count).toBeGreaterThan(0);
    expect(worstMs).toBeLessThan(aWhileMs);
  }
});
