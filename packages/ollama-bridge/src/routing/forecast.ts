import { fewCalls, speedsOf, type Speeds } from './facts.ts';
import type { BoxModel, BoxState, Placed, PoolCall } from './pool-state.ts';

/** What a call on a box would take, in seconds, and what that is made of. */
export type Forecast = {
  readonly resident: boolean;
  /** How many models have to leave the memory first. */
  readonly evictions: number;
  /** False: it would run partly on the processor. */
  readonly fits: boolean;
  readonly speeds: Speeds;
  /** The speed was measured there, at least three times. */
  readonly measured: boolean;
  /** Calls that go first. */
  readonly queue: number;
  readonly waitS: number;
  readonly loadS: number;
  readonly prefillS: number;
  readonly decodeS: number;
  readonly totalS: number;
};

const evictionS = 5;
/** A call that runs longer than expected will still take a while: nobody knows how long. */
const leastLeft = 0.2;

/** What a model takes of the memory with its context. */
export const needOf = (model: Pick<BoxModel, 'size' | 'bytesPerToken' | 'numCtx'>): number =>
  model.size + (model.bytesPerToken === null ? model.size * 0.1 : model.bytesPerToken * model.numCtx);

/** True for what keeps a model where it is: a call that runs, or the pause of an agent between two calls. */
export const isBusy = (placed: Placed, now: number): boolean =>
  placed.state === 'runs' || (placed.state === 'holds' && (placed.until ?? 0) > now);

/** How a model would get into the memory of a box now: `evict` are the models that go, null when even that does not make enough room. */
export const roomFor = (
  box: BoxState,
  model: BoxModel,
  busy: ReadonlySet<string>,
): { readonly resident: boolean; readonly evict: readonly string[] | null; readonly fits: boolean } => {
  const inMemory = box.loaded.some(({ digest }) => digest === model.digest);
  if (inMemory || busy.has(model.digest)) return { resident: true, evict: [], fits: true };
  if (box.memory === null) return { resident: false, evict: [], fits: true };
  const need = needOf(model);
  const ours = box.loaded.reduce((sum, it) => sum + it.sizeVram, 0);
  const others = Math.max(0, box.memory.used - ours);
  const fits = need <= box.memory.total - others;
  let free = box.memory.total - Math.max(box.memory.used, ours);
  const evict: string[] = [];
  for (const it of box.loaded.filter(({ digest }) => !busy.has(digest)).toSorted((a, b) => b.sizeVram - a.sizeVram)) {
    if (need <= free) break;
    evict.push(it.digest);
    free += it.sizeVram;
  }
  // What never fits is loaded as far as it goes, once the others have left.
  const isAlone = box.loaded.every(({ digest }) => !busy.has(digest));
  return { resident: false, evict: need <= free || (!fits && isAlone) ? evict : null, fits };
};

const onGpu = (box: BoxState, model: BoxModel): number => {
  const loaded = box.loaded.find(({ digest }) => digest === model.digest);
  if (loaded) return loaded.size > 0 ? Math.min(1, loaded.sizeVram / loaded.size) : 1;
  return box.memory === null ? 1 : Math.min(1, box.memory.total / needOf(model));
};

const speedsOn = (box: BoxState, model: BoxModel): Speeds =>
  speedsOf(box.facts[model.digest], { size: model.size, onGpu: onGpu(box, model) });

const workS = (box: BoxState, placed: Placed, now: number): number => {
  const model = box.models.find(({ digest }) => digest === placed.digest);
  if (!model) return 0;
  const { decodeTps, prefillTps } = speedsOn(box, model);
  const all = placed.promptTokens / prefillTps + placed.outputTokens / decodeTps;
  const done = placed.startedAt === undefined ? 0 : Math.max(0, now - placed.startedAt) / 1000;
  return Math.max(all - done, all * leastLeft);
};

/** True for the call that asked for a place earlier. */
export const isBefore = (a: Pick<Placed, 'since' | 'callId'>, b: Pick<Placed, 'since' | 'callId'>): boolean =>
  a.since < b.since || (a.since === b.since && a.callId < b.callId);

/** Predicts a call on a box from the calls that are placed there. Pure. `since`: when the call first asked. */
export const forecast = (
  box: BoxState,
  model: BoxModel,
  call: PoolCall & { readonly since: number },
  { here, now, isCached }: { readonly here: readonly Placed[]; readonly now: number; readonly isCached: boolean },
): Forecast => {
  const others = here.filter((it) => it.callId !== call.callId);
  const ahead = others.filter((it) => it.state === 'runs' || (it.state === 'waits' && isBefore(it, call)));
  const busy = new Set(others.filter((it) => isBusy(it, now)).map(({ digest }) => digest));
  const room = roomFor(box, model, busy);
  const strangers = modelsOf(box, ahead).filter(({ digest }) => digest !== model.digest && !busy.has(digest));
  const isComing = ahead.some(({ digest }) => digest === model.digest);
  const resident = isComing || (room.resident && staysBeside(box, model, strangers));
  const evictions = room.evict === null ? 1 : room.evict.length;

  const speeds = speedsOn(box, model);
  const waitS = waitOf(box, { ahead, others, strangers, isBlocked: room.evict === null, digest: model.digest, now });
  const loadS = resident ? 0 : model.size / speeds.loadBytesPerS + evictionS * evictions;
  const known = isCached && call.prefix ? call.prefix.tokens : 0;
  const prefillS = Math.max(0, call.promptTokens - known) / speeds.prefillTps;
  const decodeS = call.outputTokens / speeds.decodeTps;
  return {
    resident,
    evictions: resident ? 0 : evictions,
    fits: room.fits,
    speeds,
    measured: (box.facts[model.digest]?.calls ?? 0) >= fewCalls,
    queue: ahead.length,
    waitS,
    loadS,
    prefillS,
    decodeS,
    totalS: waitS + loadS + prefillS + decodeS,
  };
};

/** The different models of some calls. */
const modelsOf = (box: BoxState, calls: readonly Placed[]): readonly BoxModel[] => {
  const digests = new Set(calls.map(({ digest }) => digest));
  return digests.size === 0 ? [] : box.models.filter(({ digest }) => digests.has(digest));
};

/** True when a loaded model is still there after those that others load before. */
const staysBeside = (box: BoxState, model: BoxModel, strangers: readonly BoxModel[]): boolean =>
  strangers.length === 0 ||
  box.memory === null ||
  strangers.reduce((sum, it) => sum + needOf(it), needOf(model)) <= box.memory.total;

/** Seconds until the call may begin: what is ahead of it by tokens, and what keeps other models in the memory. */
const waitOf = (
  box: BoxState,
  {
    ahead,
    others,
    strangers,
    isBlocked,
    digest,
    now,
  }: {
    readonly ahead: readonly Placed[];
    readonly others: readonly Placed[];
    readonly strangers: readonly BoxModel[];
    readonly isBlocked: boolean;
    readonly digest: string;
    readonly now: number;
  },
): number => {
  const works = ahead.map((it) => workS(box, it, now));
  if (ahead.length >= box.maxInFlight) {
    const cold = strangers.filter((it) => !box.loaded.some((loaded) => loaded.digest === it.digest));
    const swapS = cold.reduce((sum, it) => sum + it.size / speedsOn(box, it).loadBytesPerS, 0);
    return works.reduce((sum, it) => sum + it, 0) / box.maxInFlight + swapS;
  }
  if (!isBlocked) return 0;
  const held = others.filter((it) => it.state === 'holds' && it.digest !== digest && isBusy(it, now));
  return Math.max(0, ...works, ...held.map((it) => ((it.until ?? now) - now) / 1000));
};
