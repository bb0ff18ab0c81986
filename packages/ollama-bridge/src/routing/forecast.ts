import { speedsOf, type Speeds } from './facts.ts';
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

/** Predicts a call on a box from what is there and what goes first. Pure. `since`: when the call first asked. */
export const forecast = (
  box: BoxState,
  model: BoxModel,
  call: PoolCall & { readonly since: number },
  { placed, now, isCached }: { readonly placed: readonly Placed[]; readonly now: number; readonly isCached: boolean },
): Forecast => {
  const here = placed.filter((it) => it.box === box.name && it.callId !== call.callId);
  const busy = new Set(here.filter((it) => isBusy(it, now)).map(({ digest }) => digest));
  const ahead = here.filter((it) => it.state === 'runs' || (it.state === 'waits' && isBefore(it, call)));
  const room = roomFor(box, model, busy);
  const sizes = new Map(box.models.map((it) => [it.digest, it]));
  const isComing = ahead.some(({ digest }) => digest === model.digest);
  const strangers = new Set(
    ahead.map(({ digest }) => digest).filter((digest) => digest !== model.digest && !busy.has(digest)),
  );
  const crowd = [model, ...[...strangers].flatMap((digest) => sizes.get(digest) ?? [])].reduce(
    (sum, it) => sum + needOf(it),
    0,
  );
  const staysResident = strangers.size === 0 || box.memory === null || crowd <= box.memory.total;
  const resident = isComing || (room.resident && staysResident);

  const speeds = speedsOn(box, model);
  const swapS = [...strangers].reduce((sum, digest) => {
    const other = sizes.get(digest);
    const isLoaded = box.loaded.some((it) => it.digest === digest);
    return !other || isLoaded ? sum : sum + other.size / speedsOn(box, other).loadBytesPerS;
  }, 0);
  const works = ahead.map((it) => workS(box, it, now));
  const held = here.filter((it) => it.state === 'holds' && it.digest !== model.digest && isBusy(it, now));
  const heldS = room.evict === null ? Math.max(0, ...held.map((it) => ((it.until ?? now) - now) / 1000)) : 0;
  const queuedS =
    ahead.length < box.maxInFlight
      ? room.evict === null
        ? Math.max(0, ...works)
        : 0
      : works.reduce((sum, it) => sum + it, 0) / box.maxInFlight + swapS;
  const waitS = Math.max(queuedS, heldS);
  const evictions = room.evict === null ? 1 : room.evict.length;
  const loadS = resident ? 0 : model.size / speeds.loadBytesPerS + evictionS * evictions;
  const prompt = Math.max(0, call.promptTokens - (isCached && call.prefix ? call.prefix.tokens : 0));
  const prefillS = prompt / speeds.prefillTps;
  const decodeS = call.outputTokens / speeds.decodeTps;
  return {
    resident,
    evictions: resident ? 0 : evictions,
    fits: room.fits,
    speeds,
    measured: (box.facts[model.digest]?.calls ?? 0) >= 3,
    queue: ahead.length,
    waitS,
    loadS,
    prefillS,
    decodeS,
    totalS: waitS + loadS + prefillS + decodeS,
  };
};
