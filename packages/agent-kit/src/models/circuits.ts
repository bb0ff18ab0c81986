import { HiveError, type Code } from '@hive/errors';
import { isEnded, type AnyCall, type CallView } from '@hive/events';
import { formatModelRef, parseModelRef, type ModelRef } from '@hive/llm';
import type { Context } from '../agent.ts';
import { askedOf } from './ended-calls.ts';

/** A way to models that is not taken for a while. Times in milliseconds since 1970. */
export type OpenCircuit = {
  readonly code: Code;
  readonly failures: number;
  readonly since: number;
  readonly until: number;
};

/** What a breaker looks at of a call. */
export type Ended = { readonly asked: string; readonly outcome: CallView['outcome']; readonly at: number };

const looked = 200;
const mostFailures = 3;
/** A credential that was refused stays so until a person does something about it. */
const refusals: ReadonlySet<string> = new Set<Code>(['model.auth', 'model.billing']);
const troubles: ReadonlySet<string> = new Set<Code>(['model.unreachable', 'model.overloaded', 'model.timeout']);
/** These say neither that it works nor that it does not. */
const neutral: ReadonlySet<string> = new Set<Code>([
  'model.cancelled',
  'model.egress_denied',
  'model.rate_limited',
  'model.window_exhausted',
]);
const troubleMs = { first: 30_000, longest: 600_000 };
const refusalMs = { first: 300_000, longest: 3_600_000 };

/** What fails as one: a credential, or a model on a box. */
export const circuitOf = (ref: ModelRef): string => (ref.provider === 'ollama' ? formatModelRef(ref) : ref.provider);

/**
 * The circuits that are open at a moment, from the last calls, newest first. One opens with the third failure in a row, at the first refused key or
 * bill, and for longer each time; after `until` the next call tries (half open), and a good answer closes it. Pure.
 */
export const openCircuits = (calls: readonly Ended[], now: number): ReadonlyMap<string, OpenCircuit> => {
  const open = new Map<string, OpenCircuit>();
  const decided = new Set<string>();
  for (const { asked, outcome, at } of calls) {
    const key = circuitOf(parseModelRef(asked));
    if (decided.has(key) || neutral.has(outcome)) continue;
    if (!refusals.has(outcome) && !troubles.has(outcome)) {
      decided.add(key);
      continue;
    }
    const before = open.get(key);
    open.set(key, {
      code: before?.code ?? (outcome as Code), // `ok` is in neither set
      failures: (before?.failures ?? 0) + 1,
      since: at,
      until: before?.until ?? at,
    });
  }
  return new Map([...open].flatMap(([key, it]) => (isOpenAt(it, now) ? [[key, { ...it, until: endOf(it) }]] : [])));
};

const endOf = ({ code, failures, until }: OpenCircuit): number => {
  const { first, longest } = refusals.has(code) ? refusalMs : troubleMs;
  return until + Math.min(longest, first * 2 ** Math.min(failures - leastOf(code), 10));
};

const leastOf = (code: Code): number => (refusals.has(code) ? 1 : mostFailures);

const isOpenAt = (it: OpenCircuit, now: number): boolean => it.failures >= leastOf(it.code) && now < endOf(it);

/** Says why a model is not to be asked now; null when it may be. */
export type Circuits = (ref: ModelRef) => HiveError | null;

/** The breakers as all processes see them: they are folded from the last calls, so nobody has to keep or share a state. */
export const readCircuits = async ({ bus }: Pick<Context, 'bus'>): Promise<Circuits> => {
  const heads = await bus.store.listHeads({ kind: 'call', limit: looked });
  const calls = heads.map(({ view }) => view as AnyCall).filter(isEnded); // heads of kind `call` are made by foldStream
  const live = calls.filter(({ source }) => source === 'live');
  const open = openCircuits(
    live.map((call) => ({ asked: askedOf(call), outcome: call.outcome, at: madeAt(call.callId) + call.totalMs })),
    bus.around.wall(),
  );
  return (ref) => {
    const circuit = open.get(circuitOf(ref));
    return circuit ? closedWay(ref, circuit, bus.around.wall()) : null;
  };
};

/** When an id of version 7 was made. */
const madeAt = (id: string): number => Number.parseInt(id.replaceAll('-', '').slice(0, 12), 16);

const closedWay = (ref: ModelRef, { code, failures, until }: OpenCircuit, now: number): HiveError => {
  const name = formatModelRef(ref);
  const retryAfterMs = Math.max(1000, until - now);
  const again = `it is asked again at ${new Date(until).toISOString().slice(11, 19)} UTC`;
  if (code === 'model.auth')
    return new HiveError(code, `${name} is not asked: its key was refused; give Hive a valid one (${again})`, {
      remedy: 'fix_config',
    });
  if (code === 'model.billing')
    return new HiveError(code, `${name} is not asked: its account cannot be charged; see to it there (${again})`, {
      remedy: 'fix_config',
    });
  return new HiveError(
    'model.unreachable',
    `${name} is not asked: it failed ${failures} times in a row (${code}); ${again}`,
    {
      remedy: 'retry',
      where: 'other',
      retryAfterMs,
    },
  );
};
