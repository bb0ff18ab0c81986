import type { Clock } from '@hive/llm';
import { probeBox, type Box } from '../probe-box.ts';
import { answered, silent, unseen, type PoolBox, type Remembered } from './inventory.ts';
import { showModel, type Shown } from './show-model.ts';

/** How boxes are asked. Tests hand in their own. */
export type Asking = {
  readonly probe: (endpoint: string, within: () => AbortSignal) => Promise<Box>;
  readonly show: (endpoint: string, model: string, within: () => AbortSignal) => Promise<Shown>;
};

/** How often boxes are asked, and how long they may take to answer, in milliseconds. */
export type Pace = {
  readonly workMs: number;
  readonly idleMs: number;
  readonly probeMs: number;
  readonly againMs: number;
};

/** A box that goes away is known within `workMs + 2 × probeMs + againMs` while there is work, else within `idleMs` instead of `workMs`. */
export const defaultPace: Pace = { workMs: 2000, idleMs: 25_000, probeMs: 1200, againMs: 100 };
export const overHttp: Asking = { probe: probeBox, show: showModel };

/** Asks boxes again and again, each for itself, so that one that hangs holds up nobody. */
export type Watch = {
  readonly boxes: Map<string, Remembered>;
  change(box: string, how: (it: Remembered) => Remembered): void;
  /** Asks all boxes now; resolves when each has answered or has had its time. */
  look(): Promise<void>;
  /** Asks one box now. */
  ask(box: string): void;
  /** There is work: ask more often for a while. */
  wake(): void;
  /** Resolves when the next box has answered or has had its time. */
  next(): Promise<void>;
  /** Milliseconds between two probes at present. */
  period(): number;
  stop(): void;
};

/** Work ends slowly: an agent runs its checks between two calls. */
const awakeMs = 60_000;

/** The watch over these boxes; begins at the first `look` or `wake`. */
export const createWatch = (
  boxes: readonly PoolBox[],
  {
    asking,
    pace,
    clock,
    random,
  }: { readonly asking: Asking; readonly pace: Pace; readonly clock: Clock; readonly random: () => number },
): Watch => {
  const known = new Map(boxes.map((box) => [box.name, unseen(box)]));
  const underWay = new Map<string, Promise<void>>();
  const timers = new Map<string, () => void>();
  const ended = new AbortController();
  let awakeUntil = -Infinity;
  let news = Promise.withResolvers<void>();

  const change = (name: string, how: (it: Remembered) => Remembered) => {
    const it = known.get(name);
    if (it) known.set(name, how(it));
  };
  const period = () => (clock.now() < awakeUntil ? pace.workMs : pace.idleMs);

  const ask = async ({ name, endpoint }: PoolBox): Promise<void> => {
    const within = () => AbortSignal.any([ended.signal, AbortSignal.timeout(pace.probeMs)]);
    try {
      const seen = await asking.probe(endpoint, within);
      change(name, (it) => answered(it, seen, clock.now()));
      const shown = known.get(name)?.shown;
      const strange = seen.models.filter(({ digest }) => !shown?.has(digest));
      await Promise.all(
        strange.map(async (model) => {
          const told = await asking.show(endpoint, model.name, within).catch(() => null); // asked again with the next probe
          if (told) change(name, (it) => ({ ...it, shown: new Map(it.shown).set(model.digest, told) }));
        }),
      );
    } catch (error) {
      const isLate = error instanceof Error && error.cause instanceof Error && error.cause.name === 'TimeoutError';
      const trouble = isLate ? `it did not answer within ${pace.probeMs} ms` : (error as Error).message;
      if (!ended.signal.aborted) change(name, (it) => silent(it, trouble));
    }
  };

  /** One probe at a time for each box; whoever asks meanwhile shares it. */
  const probe = (box: PoolBox): Promise<void> => {
    const running = underWay.get(box.name);
    if (running) return running;
    timers.get(box.name)?.();
    const asked = ask(box).finally(() => {
      underWay.delete(box.name);
      const waiting = news;
      news = Promise.withResolvers<void>();
      waiting.resolve();
      const it = known.get(box.name);
      const isDoubtful = it?.up === true && it.failures > 0;
      again(box, isDoubtful ? pace.againMs : period() * (0.8 + 0.2 * random()));
    });
    underWay.set(box.name, asked);
    return asked;
  };

  const again = (box: PoolBox, ms: number): void => {
    if (ended.signal.aborted) return;
    timers.get(box.name)?.();
    timers.set(
      box.name,
      clock.after(ms, () => void probe(box)),
    );
  };

  return {
    boxes: known,
    change,
    period,
    look: async () => {
      await Promise.all(boxes.map(probe));
    },
    ask: (name) => {
      const it = known.get(name);
      if (it) void probe(it.box);
    },
    wake: () => {
      const slept = clock.now() >= awakeUntil;
      awakeUntil = clock.now() + awakeMs;
      if (slept) for (const box of boxes) void probe(box);
    },
    next: () => news.promise,
    stop: () => {
      ended.abort();
      for (const callOff of timers.values()) callOff();
    },
  };
};
