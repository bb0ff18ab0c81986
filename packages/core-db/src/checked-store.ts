import { HiveError } from '@hive/errors';
import type { Cursor, StepRow, Store, Write } from './port.ts';

const longestMs = 366 * 86_400_000;

/** A time to wait as a store takes it: whole milliseconds, a year at most. What is no number is no time. */
export const boundedMs = (ms: number): number =>
  Number.isNaN(ms) ? 0 : Math.max(-longestMs, Math.min(longestMs, Math.ceil(ms)));

/**
 * A store that is given whole numbers only, whichever database it is in: each of them refuses or takes another part of the others in its own way.
 * Throws `input.invalid`, with nothing done; leases are bounded.
 */
export const checkedStore = (store: Store): Store => ({
  ...store,
  write: async (write) => {
    checkWrite(write);
    return store.write(write);
  },
  listHeads: async (query) => store.listHeads(limited(query)),
  events: async (query) => {
    if (query.after) checkCursor(query.after);
    if (query.upTo) checkCursor(query.upTo);
    return store.events(limited(query));
  },
  cursorAt: async (position) => store.cursorAt(whole('A position', position)),
  storedEvents: async (query) => {
    checkCursor(query.after);
    return store.storedEvents(limited(query));
  },
  traces: async (query) => store.traces(limited(query)),
  deadLetters: async (limit) => store.deadLetters(limited({ limit }).limit),
  claim: async (query) => store.claim({ ...limited(query), leaseMs: leaseOf(query.leaseMs) }),
  steps: async (query) => store.steps(limited(query)),
  renew: async (claims, holder, leaseMs) => store.renew(claims, holder, leaseOf(leaseMs)),
});

const whole = (what: string, value: number, least = 0): number => {
  if (Number.isSafeInteger(value) && value >= least) return value;
  throw new HiveError(
    'input.invalid',
    `${what} must be a whole number${least === 0 ? ' from 0 on' : ''}, and is ${value}; nothing was done`,
  );
};

const limited = <T extends { readonly limit: number }>(query: T): T => {
  whole('A limit', query.limit);
  return query;
};

const checkCursor = ({ position }: Cursor): void => void whole('The position of a cursor', position);

const leaseOf = (ms: number): number => {
  if (Number.isNaN(ms)) throw new HiveError('input.invalid', 'A lease must be a number of milliseconds, and is NaN');
  return boundedMs(ms);
};

const checkWrite = ({ cursor, insertSteps = [], starts = [], changeSteps = [] }: Write): void => {
  if (cursor) {
    checkCursor(cursor.from);
    checkCursor(cursor.to);
  }
  for (const step of insertSteps) checkStep(step.id, step);
  for (const { step } of starts) checkStep(step.id, step);
  for (const { id, expect, set } of changeSteps) {
    checkStep(id, expect);
    checkStep(id, set);
  }
};

const places = ['priority', 'rank'] as const;
const counts = ['token', 'attempt', 'failures', 'rescues', 'maxAttempts', 'maxRescues'] as const;

const checkStep = (id: string, step: Partial<StepRow>): void => {
  for (const field of places) if (step[field] !== undefined) whole(`${field} of step ${id}`, step[field], -Infinity);
  for (const field of counts) if (step[field] !== undefined) whole(`${field} of step ${id}`, step[field]);
  for (const { key, max } of step.limits ?? []) whole(`The limit ${key} of step ${id}`, max);
};
