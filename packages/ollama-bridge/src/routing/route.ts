import { forecast, needOf, type Forecast } from './forecast.ts';
import { tagged, type BoxModel, type BoxState, type PoolCall, type PoolState } from './pool-state.ts';

/** Where a call goes, and why. `because` is for people; `forecast` are the numbers that decided. */
export type Routed = {
  readonly box: string;
  readonly model: string;
  readonly digest: string;
  readonly numCtx: number;
  readonly because: string;
  readonly forecast: Forecast;
};

/** Why a box does not take a call. `until`: it may, from then on. */
export type Unfit = {
  readonly box: string;
  readonly model: string;
  readonly why: 'away' | 'quiet' | 'absent' | 'unable' | 'context' | 'memory';
  readonly says: string;
  readonly until?: number;
};

/** The box that a call goes to, or why there is none. */
export type Route = { readonly chosen: Routed } | { readonly chosen: null; readonly unfit: readonly Unfit[] };

type Choice = { readonly box: BoxState; readonly model: BoxModel; readonly forecast: Forecast; readonly raw: number };

/** Beyond so many polls what was seen says nothing any more. */
const oldPolls = 3;
/** The box that knows the beginning of a prompt is not preferred when it would take so many times as long as the best. */
const affinityCap = 1.5;
/** The estimate of tokens may be off by this much. */
const margin = 1.15;

/**
 * Where a call would be done first: filters the boxes, predicts the seconds to the end on each, and takes the least. Pure: what time it is and
 * what is drawn (in [0, 1)) are handed in. Other people's calls count as long as `state.placed` tells them; where that is old, the better of two
 * random boxes is taken, because all who look at the same old picture would run to the same box.
 */
export const route = (
  state: PoolState,
  call: PoolCall & { readonly since?: number },
  { now, random }: { readonly now: number; readonly random: () => number },
): Route => {
  const asked = { ...call, since: call.since ?? now };
  const unfit: Unfit[] = [];
  const placedOn = Map.groupBy(state.placed, (it) => it.box);
  const choices = fitting(state, call, now, unfit).map(({ box, model }): Choice => {
    const predict = (isCached: boolean) =>
      forecast(box, model, asked, { here: placedOn.get(box.name) ?? [], now, isCached });
    const raw = predict(false);
    const isCached = call.prefix !== null && box.prefixes.includes(call.prefix.hash);
    return { box, model, raw: raw.totalS, forecast: isCached ? predict(true) : raw };
  });
  const [first] = choices;
  if (!first) return { chosen: null, unfit };
  const isWell = ({ box, forecast: { fits } }: Choice) =>
    fits && now - (box.seenAt ?? -Infinity) <= oldPolls * state.pollMs;
  const well = choices.filter(isWell);
  const among = well.length > 0 ? well : choices;
  const isOld = now - state.placedAt > state.pollMs;
  const { box, model, forecast: told } = best(isOld ? twoOf(among, random) : among) ?? first;
  return {
    chosen: {
      box: box.name,
      model: model.name,
      digest: model.digest,
      numCtx: model.numCtx,
      forecast: told,
      because: becauseOf(box.name, told, model),
    },
  };
};

const best = (choices: readonly Choice[]): Choice | undefined => {
  const least = Math.min(...choices.map((it) => it.raw));
  const worth = (it: Choice) => (it.raw > affinityCap * least ? it.raw : it.forecast.totalS);
  return choices.toSorted((a, b) => worth(a) - worth(b) || (a.box.name < b.box.name ? -1 : 1))[0];
};

/** Two random ones; one that does the call twice as fast is drawn twice as often, or the slow boxes would get as much as the fast ones. */
const twoOf = (all: readonly Choice[], random: () => number): readonly Choice[] => {
  const left = [...all];
  const draw = (): readonly Choice[] => {
    const weights = left.map(({ forecast: { totalS, waitS } }) => 1 / Math.max(totalS - waitS, 0.001));
    let point = random() * weights.reduce((sum, it) => sum + it, 0);
    const at = weights.findIndex((weight) => (point -= weight) < 0);
    return left.splice(Math.max(at, 0), 1);
  };
  return [...draw(), ...draw()];
};

/** The boxes that may take the call, each with the model it would use; the others say why not. */
const fitting = (
  state: PoolState,
  call: PoolCall,
  now: number,
  unfit: Unfit[],
): readonly { readonly box: BoxState; readonly model: BoxModel }[] =>
  state.boxes.flatMap((box) => {
    const wanted = call.candidates.filter((it) => it.box === undefined || it.box === box.name);
    return wanted.flatMap(({ model: name }) => {
      const model = box.models.find((it) => it.name === tagged(name) || it.name === name);
      const reason = whyNot(box, model, call, now);
      if (reason === null && model) return [{ box, model }];
      if (reason) unfit.push({ box: box.name, model: name, ...reason });
      return [];
    });
  });

const whyNot = (
  box: BoxState,
  model: BoxModel | undefined,
  call: PoolCall,
  now: number,
): Pick<Unfit, 'why' | 'says' | 'until'> | null => {
  if (!box.up) return { why: 'away', says: `${box.name} does not answer` };
  if (box.quietUntil !== null && box.quietUntil > now)
    return {
      why: 'quiet',
      says: `${box.name} is its owner's until ${new Date(box.quietUntil).toISOString()}`,
      until: box.quietUntil,
    };
  if (!model) return { why: 'absent', says: `${box.name} does not have it` };
  const lacks = call.needs.filter((need) => model.can !== null && !model.can.includes(need));
  if (lacks.length > 0) return { why: 'unable', says: `${model.name} on ${box.name} cannot do ${lacks.join(' and ')}` };
  const needs = Math.ceil(call.promptTokens * margin);
  if (needs >= model.numCtx)
    return {
      why: 'context',
      says: `the prompt has about ${needs} tokens and ${model.name} a context of ${model.numCtx}`,
    };
  if (model.unfitUntil !== undefined && model.unfitUntil > now)
    return {
      why: 'memory',
      says: `${box.name} ran out of memory with ${model.name} (${gigabytes(needOf(model))})`,
      until: model.unfitUntil,
    };
  return null;
};

const gigabytes = (bytes: number): string => `${(bytes / 1e9).toFixed(bytes < 10e9 ? 1 : 0)} GB`;

const becauseOf = (box: string, told: Forecast, model: BoxModel): string => {
  const memory = told.resident
    ? 'resident'
    : `loads ${gigabytes(model.size)}${told.evictions > 0 ? ` in place of ${told.evictions}` : ''}`;
  const speed = `${told.speeds.decodeTps.toFixed(told.speeds.decodeTps < 10 ? 1 : 0)} tok/s${told.measured ? '' : ' (guessed)'}`;
  const partly = told.fits ? '' : ', partly on the processor';
  return `${box}: ${memory}${partly}, ${speed}, queue ${told.queue}, ~${Math.max(1, Math.round(told.totalS))} s`;
};
