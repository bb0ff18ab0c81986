import { expectedOutput, lastOutputs, learn, type Facts } from '../routing/facts.ts';
import type { BoxState, LoadedModel, Placed, PoolCall } from '../routing/pool-state.ts';
import { prefillFactor, type Load } from './load.ts';

/** A call on its way through the simulated pool. Times in seconds. */
export type SimCall = {
  readonly id: string;
  readonly at: number;
  readonly model: string;
  readonly prompt: number;
  readonly output: number;
  /** What was expected of it when it came. */
  readonly expected: number;
};

/** What a policy sees, and how it sends a call. The boxes are as they are now. */
export type World = {
  readonly now: number;
  readonly boxes: readonly SimBox[];
  /** Calls that came and were not handed to a box, oldest first. */
  readonly waiting: readonly SimCall[];
  /** Hands a call to a box, which does it when it has room: one after the other, in the order of handing over. */
  hand(call: SimCall, box: SimBox): void;
};

/** A simulated box: it does one call at a time and throws models out of its memory as Ollama does, the least recently used first. */
export type SimBox = {
  readonly name: string;
  readonly tokensPerS: number;
  readonly memory: number;
  readonly models: readonly string[];
  readonly facts: Readonly<Record<string, Facts>>;
  /** The least recently used first. */
  readonly loaded: readonly string[];
  readonly running: { readonly call: SimCall; readonly since: number } | null;
  readonly queue: readonly SimCall[];
};

/** Decides at every arrival and every end. */
export type Policy = (world: World) => void;

/** What a run came to: seconds from arrival to end of each call, seconds until it was begun, and how often a model was loaded. */
export type Outcome = {
  readonly completions: readonly number[];
  readonly waits: readonly number[];
  readonly loads: number;
};

const bytesPerS = 1e9;
const evictionS = 5;

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** Plays a load on its boxes under a policy, on a virtual clock. Deterministic. */
export const simulate = (load: Load, policy: Policy): Outcome => {
  const sizes = new Map(load.models.map(({ name, size }) => [name, size]));
  const boxes = load.boxes.map((box): Mutable<SimBox> => ({ ...box, facts: {}, loaded: [], running: null, queue: [] }));
  const outputs = new Map<string, number[]>();
  const completions: number[] = [];
  const waits: number[] = [];
  let loads = 0;
  let waiting: SimCall[] = [];
  const ends: { at: number; box: Mutable<SimBox> }[] = [];

  const begin = (box: Mutable<SimBox>, now: number): void => {
    const [call, ...rest] = box.queue;
    if (box.running || !call) return;
    box.queue = rest;
    box.running = { call, since: now };
    waits.push(now - call.at);
    const size = sizes.get(call.model) ?? 0;
    let loadS = 0;
    if (!box.loaded.includes(call.model)) {
      const used = () => box.loaded.reduce((sum, name) => sum + (sizes.get(name) ?? 0) * 1.1, 0);
      while (box.loaded.length > 0 && used() + size * 1.1 > box.memory) {
        box.loaded = box.loaded.slice(1);
        loadS += evictionS;
      }
      loadS += size / bytesPerS;
      loads += 1;
    }
    box.loaded = [...box.loaded.filter((name) => name !== call.model), call.model];
    const prefill = box.tokensPerS * prefillFactor;
    ends.push({ at: now + loadS + call.prompt / prefill + call.output / box.tokensPerS, box });
    ends.sort((a, b) => b.at - a.at);
    const measured = { decodeTps: box.tokensPerS, prefillTps: prefill, loadBytesPerS: loadS > 0 ? bytesPerS : null };
    box.facts = { ...box.facts, [call.model]: learn(box.facts[call.model], measured) };
  };

  const decide = (now: number): void => {
    const world: World = {
      now,
      boxes,
      get waiting() {
        return waiting;
      },
      hand: (call, box) => {
        waiting = waiting.filter((it) => it !== call);
        const own = boxes.find((it) => it === box);
        if (!own) return;
        own.queue = [...own.queue, call];
        begin(own, now);
      },
    };
    policy(world);
  };

  const arrivals = load.calls.toSorted((a, b) => a.at - b.at);
  for (let n = 0; n < arrivals.length || ends.length > 0;) {
    const arrival = arrivals[n];
    const end = ends.at(-1);
    if (arrival && (!end || arrival.at <= end.at)) {
      n += 1;
      const { at, model, prompt, output } = arrival;
      waiting = [
        ...waiting,
        {
          id: `c${String(n).padStart(6, '0')}`,
          at,
          model,
          prompt,
          output,
          expected: expectedOutput(outputs.get(model) ?? [], 1000),
        },
      ];
      decide(at);
    } else if (end?.box.running) {
      ends.pop();
      const { call } = end.box.running;
      end.box.running = null;
      completions.push(end.at - call.at);
      outputs.set(call.model, [...(outputs.get(call.model) ?? []), call.output].slice(-lastOutputs));
      begin(end.box, end.at);
      decide(end.at);
    }
  }
  return { completions, waits, loads };
};

/** A simulated box as routing sees it. */
export const boxStateOf = (box: SimBox, { load, now }: { readonly load: Load; readonly now: number }): BoxState => ({
  name: box.name,
  up: true,
  seenAt: now * 1000,
  models: load.models
    .filter(({ name }) => box.models.includes(name))
    .map(({ name, size }) => ({ name, digest: name, size, bytesPerToken: null, numCtx: 32_768, can: null })),
  loaded: box.loaded.map((name): LoadedModel => {
    const size = load.models.find((it) => it.name === name)?.size ?? 0;
    return { digest: name, size, sizeVram: size * 1.1 };
  }),
  memory: { total: box.memory, used: 0 },
  facts: box.facts,
  quietUntil: null,
  maxInFlight: 1,
  prefixes: [],
});

/** A simulated call as routing sees it. */
export const poolCallOf = (call: SimCall): PoolCall & { readonly since: number } => ({
  callId: call.id,
  turnOf: call.id,
  kind: call.model,
  candidates: [{ model: call.model }],
  promptTokens: call.prompt,
  outputTokens: call.expected,
  maxTokens: 4000,
  needs: [],
  prefix: null,
  since: call.at * 1000,
});

/** The place of a simulated call. */
export const placeOf = (call: SimCall, box: string, startedAt?: number): Placed => ({
  callId: call.id,
  box,
  digest: call.model,
  state: startedAt === undefined ? 'waits' : 'runs',
  promptTokens: call.prompt,
  outputTokens: call.expected,
  since: call.at * 1000,
  ...(startedAt !== undefined && { startedAt: startedAt * 1000 }),
});
