import { mayStart } from '../routing/may-start.ts';
import type { Placed } from '../routing/pool-state.ts';
import { route } from '../routing/route.ts';
import type { Load } from './load.ts';
import { boxStateOf, placeOf, poolCallOf, type Policy, type SimBox, type World } from './simulate.ts';

const able = (world: World, model: string): readonly SimBox[] =>
  world.boxes.filter((box) => box.models.includes(model));

/** Every box of a model in turn. */
export const roundRobin = (): Policy => {
  const turns = new Map<string, number>();
  return (world) => {
    for (const call of world.waiting) {
      const boxes = able(world, call.model);
      const turn = turns.get(call.model) ?? 0;
      turns.set(call.model, turn + 1);
      const box = boxes[turn % boxes.length];
      if (box) world.hand(call, box);
    }
  };
};

const connections = (box: SimBox): number => box.queue.length + (box.running ? 1 : 0);

/** The box of a model that has the fewest calls. */
export const leastConnections = (): Policy => (world) => {
  for (const call of world.waiting) {
    const [box] = able(world, call.model).toSorted((a, b) => connections(a) - connections(b));
    if (box) world.hand(call, box);
  }
};

const runningOn = (boxes: readonly SimBox[]): Placed[] =>
  boxes.flatMap((box) => [
    ...(box.running ? [placeOf(box.running.call, box.name, box.running.since)] : []),
    ...box.queue.map((call) => placeOf(call, box.name)),
  ]);

/** Hive's: a call waits at the box where it is predicted to end first, moves on while it waits, and is sent when the box has room. */
export const predictedFinish =
  (load: Load): Policy =>
  (world) => {
    const now = world.now * 1000;
    for (;;) {
      const boxes = world.boxes.map((box) => boxStateOf(box, { load, now: world.now }));
      const placed = runningOn(world.boxes);
      for (const call of world.waiting) {
        const { chosen } = route({ boxes, placed, placedAt: now, pollMs: 5000 }, poolCallOf(call), {
          now,
          random: () => 0,
        });
        if (chosen) placed.push(placeOf(call, chosen.box));
      }
      const [first] = boxes.flatMap((box) => mayStart(box, placed, now));
      const call = world.waiting.find(({ id }) => id === first?.callId);
      const box = world.boxes.find(({ name }) => name === first?.box);
      if (!call || !box) return;
      world.hand(call, box);
    }
  };

/**
 * Several routers that do not know each other's calls but from a picture that is renewed every so often: each hands its call over at once.
 * `pick` says what they do about it: take the box that looks best, or the better of two random ones.
 */
export const manyRouters = (
  load: Load,
  { everyS, pick, random }: { readonly everyS: number; readonly pick: 'best' | 'two'; readonly random: () => number },
): Policy => {
  let picture: { at: number; boxes: ReturnType<typeof boxStateOf>[]; placed: Placed[] } | null = null;
  return (world) => {
    if (!picture || world.now - picture.at >= everyS) {
      const boxes = world.boxes.map((box) => boxStateOf(box, { load, now: world.now }));
      picture = { at: world.now, boxes, placed: runningOn(world.boxes) };
    }
    const { boxes, placed } = picture;
    const now = world.now * 1000;
    for (const call of world.waiting) {
      // To routing a picture is old or not: here it is always, and `best` is what would be if nobody minded.
      const placedAt = pick === 'best' ? now : -Infinity;
      const fresh = boxes.map((box) => ({ ...box, seenAt: now }));
      const { chosen } = route({ boxes: fresh, placed, placedAt, pollMs: 1000 }, poolCallOf(call), { now, random });
      const box = world.boxes.find(({ name }) => name === chosen?.box);
      if (box) world.hand(call, box);
    }
  };
};
