import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createArbiter } from './arbiter.ts';
import { createBaton, type Baton } from './baton.ts';
import type { Peer } from '../star/star.ts';
import { word } from '../star/words.ts';

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setImmediate', 'performance'] }));
afterEach(() => void vi.useRealTimers());

/** A peer that remembers what it was told. */
const listener = () => {
  const told: number[] = [];
  return { told, tell: (said: number) => void told.push(said) };
};

/** Processes around one hub: words arrive at once, unless a process is stopped. */
const house = (names: readonly string[]) => {
  const arbiter = createArbiter();
  const stopped = new Set<string>();
  const peers = new Map<string, Peer>();
  const batons = new Map<string, Baton>();
  for (const name of names) {
    const peer: Peer = { tell: (said) => void (stopped.has(name) || batons.get(name)?.heard(said)) };
    const baton = createBaton(() => {});
    peers.set(name, peer);
    batons.set(name, baton);
    baton.joined({ tell: (said) => void (stopped.has('hub') || arbiter.heard(said, peer)) });
  }
  const of = <T>(all: ReadonlyMap<string, T>, name: string): T => {
    const found = all.get(name);
    if (!found) throw new Error(`nobody is called ${name}`);
    return found;
  };
  const begun: string[] = [];
  return {
    stopped,
    begun,
    baton: (name: string) => of(batons, name),
    want: (name: string) =>
      of(batons, name)
        .turn()
        .then(() => void begun.push(name)),
    done: (name: string) => of(batons, name).done(),
    leaves: (name: string) => arbiter.left(of(peers, name)),
  };
};

/** Lets promises and as many milliseconds pass. */
const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);

test('turns come in the order in which they were asked for', async () => {
  const { begun, want, done } = house(['a', 'b', 'c']);
  for (const name of ['a', 'b', 'c']) void want(name);
  await pass(0);
  expect(begun).toEqual(['a']);
  done('a');
  await pass(2);
  expect(begun).toEqual(['a', 'b']);
  void want('a');
  done('b');
  await pass(2);
  done('c');
  await pass(2);
  expect(begun).toEqual(['a', 'b', 'c', 'a']);
});

test('who writes alone keeps its turn without another word', async () => {
  const arbiter = createArbiter();
  const hub = listener();
  const baton = createBaton(() => {});
  const peer: Peer = { tell: baton.heard };
  baton.joined({ tell: (said) => (hub.tell(said), arbiter.heard(said, peer)) });
  for (let i = 0; i < 3; i++) {
    await baton.turn();
    baton.done();
    await pass(10);
  }
  expect(hub.told).toEqual([word.want]);
  expect(baton.isMine()).toBe(true);
});

test('a turn goes on for three milliseconds while somebody waits, if its holder goes on writing', async () => {
  const { begun, want, done } = house(['a', 'b']);
  await want('a');
  void want('b');
  done('a');
  await want('a');
  await pass(2);
  done('a');
  await want('a');
  expect(begun).toEqual(['a', 'a', 'a']);
  await pass(2);
  done('a');
  void want('a');
  await pass(0);
  expect(begun).toEqual(['a', 'a', 'a', 'b']);
});

test('a holder that stopped or waits for the disk is passed over after 30 ms, and changes nothing when it comes back', async () => {
  const { begun, stopped, want, done } = house(['a', 'b', 'c']);
  await want('a');
  stopped.add('a');
  void want('b');
  void want('c');
  await pass(29);
  expect(begun).toEqual(['a']);
  await pass(1);
  expect(begun).toEqual(['a', 'b']);
  stopped.delete('a');
  done('a');
  await pass(2);
  expect(begun).toEqual(['a', 'b']);
  done('b');
  await pass(2);
  expect(begun).toEqual(['a', 'b', 'c']);
});

test('the turn of a process that is gone goes to the next, and nobody waits for one that wanted one', async () => {
  const { begun, want, leaves } = house(['a', 'b', 'c']);
  await want('a');
  void want('b');
  void want('c');
  leaves('b');
  leaves('a');
  await pass(0);
  expect(begun).toEqual(['a', 'c']);
});

test('a hub that says nothing is waited for once, until it speaks again', async () => {
  const { begun, stopped, baton, want, done } = house(['a', 'b']);
  stopped.add('hub');
  void want('a');
  await pass(99);
  expect(begun).toEqual([]);
  await pass(1);
  expect(begun).toEqual(['a']);
  expect(baton('a').isMine()).toBe(false);
  done('a');
  await want('a');
  expect(begun).toEqual(['a', 'a']);
  done('a');
  baton('a').heard(word.go);
  expect(baton('a').isMine()).toBe(true);
});

test('without a hub nobody waits, and a turn ends with its hub', async () => {
  const { begun, baton, want } = house(['a', 'b']);
  await want('a');
  void want('b');
  baton('a').lost();
  baton('b').lost();
  await pass(0);
  expect(begun).toEqual(['a', 'b']);
  expect(baton('a').isMine()).toBe(false);
});
