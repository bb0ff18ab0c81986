import type { HiveError } from '@hive/errors';
import type { Clock, Done } from '@hive/llm';
import { machineClock } from '../clock.ts';
import type { Box } from '../probe-box.ts';
import { route, type Route, type Routed } from '../routing/route.ts';
import { mayStart } from '../routing/may-start.ts';
import type { BoxState, Placed, PoolCall, PoolState } from '../routing/pool-state.ts';
import { expectedOutput, lastOutputs, type Facts } from '../routing/facts.ts';
import { broken, measuredThere, overfull, sentThere, stateOf, type Contexts, type PoolBox } from './inventory.ts';
import { measuredOf } from './measured-of.ts';
import type { Places } from './places.ts';
import { nobodyFor } from './nobody-for.ts';
import { createWatch, defaultPace, overHttp, type Asking, type Pace } from './watch.ts';

/** What others know of a box: its owner has it until then, what its memory holds, what was measured there, and how many calls at once that is good for. */
export type Elsewhere = {
  readonly quietUntil?: number;
  readonly memory?: BoxState['memory'];
  readonly facts?: Readonly<Record<string, Facts>>;
  readonly maxInFlight?: number;
};

/** How a pool is made. `elsewhere` is asked at most once a second; the rest has defaults. */
export type PoolOptions = {
  readonly boxes: readonly PoolBox[];
  readonly contexts?: Contexts;
  readonly elsewhere?: () => Promise<ReadonlyMap<string, Elsewhere>>;
  readonly asking?: Asking;
  readonly pace?: Partial<Pace>;
  readonly clock?: Clock;
  readonly random?: () => number;
};

/** How a call ended. `pause`: its agent runs a tool and calls again soon, so the model is left where it is for a while. */
export type Ended = { readonly done?: Done; readonly error?: HiveError; readonly pause?: boolean };

/** A place on a box: the call may be sent there now. */
export type Place = Routed & {
  readonly endpoint: string;
  /** The scenario of a box that says it is a double. */
  readonly double: string | null;
  readonly waitedMs: number;
  /** To be called once, however the call ended. Never throws: a place that cannot be given back goes with the claim. */
  end(ended: Ended): Promise<void>;
};

/** A box as this process has seen it last. `up` null: it was not asked yet. `trouble`: what the last probe met. */
export type SeenBox = PoolBox & {
  readonly up: boolean | null;
  readonly trouble: string | null;
  readonly seen: Box | null;
};

/** The boxes of a Hive as one process sees them. */
export type Pool = {
  /** What was seen of the boxes, whoever uses them. */
  seen(): readonly SeenBox[];
  /** What is known now, with everybody's calls. Nothing is asked of a box. */
  state(places: Places): Promise<PoolState>;
  /** How many tokens an answer of this kind is expected to have: as many as the last ones that this process heard, else half of what it may have. */
  expects(kind: string, maxTokens: number): number;
  /** Where a call would go now; {@link Pool.take} decides. */
  choose(call: PoolCall, places: Places): Promise<Route>;
  /**
   * Waits for a place. The call is counted on its box from the moment of the decision, for all processes; while it waits it moves on when another box
   * would be faster, is quiet or gone. Throws `model.unreachable`, `model.unknown`, `model.context_full` or `model.missing` when no box can take
   * it, `model.cancelled` when the signal is aborted.
   */
  take(
    call: PoolCall,
    options: { readonly places: Places; readonly signal: AbortSignal; readonly onWait?: (where: Routed) => void },
  ): Promise<Place>;
  /** Asks all boxes now, and what others know of them with the next use; resolves when each has answered or has had its time. */
  look(): Promise<void>;
  stop(): void;
};

const elsewhereMs = 1000;
/** A ring may be lost. */
const lookAgainMs = 1000;
const pauseMs = 10_000;
const mostPauses = 3;
const defaultContexts: Contexts = { byModel: {}, fallback: 16_384 };

/** The pool over these boxes. Begins to ask them at first use; `stop` ends that. */
export const createPool = (options: PoolOptions): Pool => {
  const { contexts = defaultContexts, clock = machineClock, random = Math.random } = options;
  const pace = { ...defaultPace, ...options.pace };
  const watch = createWatch(options.boxes, { asking: options.asking ?? overHttp, pace, clock, random });
  let told: { at: number; by: ReadonlyMap<string, Elsewhere> } = { at: -Infinity, by: new Map() };
  /** How often each agent has held a model in a row. */
  const pauses = new Map<string, number>();
  /** How long the last answers were, by kind. */
  const outputs = new Map<string, readonly number[]>();

  const elsewhere = async () => {
    if (options.elsewhere && clock.now() - told.at >= elsewhereMs) {
      const at = clock.now();
      told = { at, by: await options.elsewhere().catch(() => told.by) };
    }
    return told.by;
  };

  const stateAt = (by: ReadonlyMap<string, Elsewhere>, placed: readonly Placed[], now: number): PoolState => ({
    boxes: [...watch.boxes.values()].map((it) => {
      const { quietUntil = null, memory = null, facts = {}, maxInFlight } = by.get(it.box.name) ?? {};
      return stateOf(it, { facts, contexts, quietUntil, memory, maxInFlight, skewMs: now - clock.now() });
    }),
    placed,
    placedAt: now,
    pollMs: watch.period() + pace.probeMs,
  });

  const state: Pool['state'] = async (places) => {
    watch.wake();
    const [by, { placed, now }] = await Promise.all([elsewhere(), places.read()]);
    return stateAt(by, placed, now);
  };

  /** The first call comes before anybody has answered. */
  const firstLook = async (): Promise<boolean> => {
    if ([...watch.boxes.values()].every((it) => it.seenAt !== null || it.failures > 0)) return false;
    await watch.next();
    return true;
  };

  const placeAt = (routed: Routed, call: PoolCall, places: Places, mine: Placed, waitedMs: number): Place => {
    const it = watch.boxes.get(routed.box);
    const size = it?.seen?.models.find(({ digest }) => digest === routed.digest)?.size ?? 0;
    if (call.prefix) watch.change(routed.box, (box) => sentThere(box, call.prefix?.hash ?? ''));
    return {
      ...routed,
      endpoint: it?.box.endpoint ?? '',
      double: it?.seen?.double ?? null,
      waitedMs,
      end: async ({ done, error, pause = false }) => {
        const length = done?.usage.output ?? null;
        if (length !== null) outputs.set(call.kind, [...(outputs.get(call.kind) ?? []), length].slice(-lastOutputs));
        if (done) watch.change(routed.box, (box) => measuredThere(box, routed.digest, measuredOf(done, size)));
        if (error?.code === 'model.unreachable') watch.change(routed.box, broken);
        if (error?.code === 'model.out_of_memory')
          watch.change(routed.box, (box) => overfull(box, routed.digest, clock.now()));
        watch.ask(routed.box);
        const before = pauses.get(call.turnOf) ?? 0;
        const holds = pause && done && before < mostPauses ? before + 1 : 0;
        if (holds === 0) pauses.delete(call.turnOf);
        else pauses.set(call.turnOf, holds);
        await giveBack(places, mine, holds).catch(() => undefined);
      },
    };
  };

  return {
    seen: () =>
      [...watch.boxes.values()].map(({ box, seen: told, up, failures, trouble }) => ({
        ...box,
        up: told === null && failures === 0 ? null : up,
        trouble,
        seen: told,
      })),
    state,
    expects: (kind, maxTokens) => expectedOutput(outputs.get(kind) ?? [], maxTokens),
    choose: async (call, places) => {
      for (;;) {
        const now = await state(places);
        const chosen = route(now, call, { now: now.placedAt, random });
        if (chosen.chosen || !(await firstLook())) return chosen;
      }
    },
    take: async (call, { places, signal, onWait }) => {
      watch.wake();
      let mine: Placed | null = null;
      let since: number | null = null;
      const leave = async () => {
        if (mine) await giveBack(places, mine, 0).catch(() => undefined);
      };
      for (;;) {
        if (signal.aborted) {
          await leave();
          throw nobodyFor(call, 'cancelled');
        }
        const rings = places.rings();
        const [by, { placed, now, turn }] = await Promise.all([elsewhere(), places.read()]);
        since ??= now;
        const pool = stateAt(by, placed, now);
        const chosen = route(pool, { ...call, since }, { now, random });
        if (!chosen.chosen) {
          if (await firstLook()) continue;
          await leave();
          throw nobodyFor(call, chosen.unfit);
        }
        const routed = chosen.chosen;
        const others = placed.filter((it) => it.callId !== call.callId);
        const asks = placedAt(routed, call, since);
        const box = pool.boxes.find(({ name }) => name === routed.box);
        const starts =
          box !== undefined && mayStart(box, [...others, asks], now).some(({ callId }) => callId === call.callId);
        const next: Placed = starts ? { ...asks, state: 'runs', startedAt: now } : asks;
        const isNews: boolean = starts || mine?.box !== next.box || mine.digest !== next.digest;
        if (isNews) {
          if (!(await places.write(turn, call.callId, next))) continue;
          mine = next;
          if (starts) return placeAt(routed, call, places, next, now - since);
          onWait?.(routed);
        }
        await places.heard(lookAgainMs, signal, rings);
      }
    },
    look: async () => {
      told = { ...told, at: -Infinity };
      await watch.look();
    },
    stop: watch.stop,
  };
};

const placedAt = (routed: Routed, call: PoolCall, since: number): Placed => ({
  callId: call.callId,
  box: routed.box,
  digest: routed.digest,
  state: 'waits',
  promptTokens: call.promptTokens,
  outputTokens: call.outputTokens,
  since,
  ...(call.prefix && { prefix: call.prefix.hash }),
});

/** Leaves the place, or keeps the model where it is for a pause. */
const giveBack = async (places: Places, mine: Placed, holds: number): Promise<void> => {
  for (;;) {
    const { now, turn } = await places.read();
    const kept: Placed | null = holds > 0 ? { ...mine, state: 'holds', until: now + pauseMs, holds } : null;
    if (await places.write(turn, mine.callId, kept)) return;
  }
};
