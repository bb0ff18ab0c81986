import type { BoxSpec, ScenarioModel } from './scenario.ts';
import { plainName } from './plain-name.ts';

/** A model in the memory of the box. `sizeVram` is less than its size when it does not fit. Times in milliseconds. */
export type Resident = {
  readonly model: ScenarioModel;
  readonly numCtx: number;
  readonly sizeVram: number;
  readonly expiresAt: number;
};

/** A place at a model, until `leave`. `loadMs` is what loading took, 0 when the model was there. */
export type Seat = { readonly loadMs: number; readonly leave: () => void };

type Runner = {
  readonly model: ScenarioModel;
  readonly numCtx: number;
  readonly need: number;
  readonly ready: Promise<void>;
  readonly loadMs: number;
  readonly waiting: (() => void)[];
  sizeVram: number;
  running: number;
  usedAt: number;
  expiresAt: number;
};

const foreverMs = 8.64e15;
const defaultKeepAliveMs = 300_000;

/** Bytes of a model that says nothing about them. */
export const sizeOf = (model: ScenarioModel): number => model.size ?? 526_144;

/**
 * The memory of a box: models are loaded in the time that their size takes, idle ones make room for others (the longest unused first), another
 * context loads a model again, and a model answers `slots` calls at once. Calls that need a load wait in one line, as in Ollama.
 */
export const createBox = (
  spec: BoxSpec,
  {
    now,
    pause,
    loads,
  }: {
    readonly now: () => number;
    readonly pause: (ms: number, gone: AbortSignal) => Promise<void>;
    /** Gets every load that is begun, in order. */
    readonly loads: { readonly model: string; readonly numCtx: number }[];
  },
) => {
  const {
    vram = Number.POSITIVE_INFINITY,
    loadBytesPerS = Number.POSITIVE_INFINITY,
    slots = Number.POSITIVE_INFINITY,
  } = spec;
  const runners = new Map<string, Runner>();
  const line: { readonly admit: () => boolean; readonly gone: AbortSignal }[] = [];
  const idle = (runner: Runner) => runner.running === 0 && runner.waiting.length === 0;
  const free = () => vram - [...runners.values()].reduce((sum, runner) => sum + runner.sizeVram, 0);

  const expire = () => {
    for (const [name, runner] of runners) if (idle(runner) && runner.expiresAt <= now()) runners.delete(name);
  };
  const advance = () => {
    while (line[0] && (line[0].gone.aborted || line[0].admit())) line.shift();
  };
  /** Makes room by sending away what nobody uses. False when the models in use leave too little. */
  const makeRoom = (need: number): boolean => {
    const sendable = [...runners].filter(([, runner]) => idle(runner)).sort(([, a], [, b]) => a.usedAt - b.usedAt);
    while (free() < need && sendable.length > 0) runners.delete(sendable.shift()?.[0] ?? '');
    return free() >= need || runners.size === 0;
  };

  const load = (model: ScenarioModel, numCtx: number, gone: AbortSignal): Runner | undefined => {
    const name = plainName(model.name);
    const old = runners.get(name);
    if (old && !idle(old)) return undefined;
    runners.delete(name);
    const need = sizeOf(model) + numCtx * (spec.kvBytesPerToken ?? 0);
    if (!makeRoom(need)) return undefined;
    const loadMs = (sizeOf(model) / loadBytesPerS) * 1000;
    const runner: Runner = {
      model,
      numCtx,
      need,
      loadMs,
      // A client that leaves ends the load, and the next one begins it again.
      ready: pause(loadMs, gone).then(() => {
        if (gone.aborted && loadMs > 0) runners.delete(name);
      }),
      waiting: [],
      sizeVram: Math.min(need, free()),
      running: 0,
      usedAt: now(),
      expiresAt: foreverMs,
    };
    runners.set(name, runner);
    loads.push({ model: model.name, numCtx });
    return runner;
  };

  const take = async (runner: Runner, keepAliveMs: number, { gone, loadMs }: { gone: AbortSignal; loadMs: number }) => {
    if (runner.running >= slots) await new Promise<void>((turn) => runner.waiting.push(turn));
    else runner.running += 1;
    if (!gone.aborted) await runner.ready;
    let left = false;
    const leave = () => {
      if (left) return;
      left = true;
      const next = runner.waiting.shift();
      if (next) next();
      else runner.running -= 1;
      runner.usedAt = now();
      runner.expiresAt = now() + keepAliveMs;
      if (keepAliveMs === 0 && idle(runner)) runners.delete(plainName(runner.model.name));
      advance();
    };
    return { loadMs, leave };
  };

  return {
    resident: (): readonly Resident[] => {
      expire();
      return [...runners.values()].map(({ model, numCtx, sizeVram, expiresAt, running }) => ({
        model,
        numCtx,
        sizeVram,
        expiresAt: running > 0 ? now() + defaultKeepAliveMs : expiresAt,
      }));
    },
    unload: (model: ScenarioModel) => {
      const runner = runners.get(plainName(model.name));
      if (runner && idle(runner)) runners.delete(plainName(model.name));
    },
    /** Waits for a place at the model. `undefined` when too many wait already. */
    enter: (
      model: ScenarioModel,
      {
        numCtx = spec.numCtx ?? 4096,
        keepAliveMs = defaultKeepAliveMs,
        gone,
      }: {
        readonly numCtx?: number | undefined;
        readonly keepAliveMs?: number | undefined;
        readonly gone: AbortSignal;
      },
    ): Promise<Seat> | undefined => {
      expire();
      const waiting = line.length + [...runners.values()].reduce((sum, runner) => sum + runner.waiting.length, 0);
      if (waiting >= (spec.queue ?? 512)) return undefined;
      return new Promise((resolve, reject) => {
        const admit = (): boolean => {
          const there = runners.get(plainName(model.name));
          const hit = there?.numCtx === numCtx ? there : undefined;
          const runner = hit ?? load(model, numCtx, gone);
          if (!runner) return false;
          take(runner, keepAliveMs, { gone, loadMs: hit ? 0 : runner.loadMs }).then(resolve, reject);
          return true;
        };
        line.push({ admit, gone });
        advance();
      });
    },
  };
};

/** The memory of one box. */
export type Box = ReturnType<typeof createBox>;
