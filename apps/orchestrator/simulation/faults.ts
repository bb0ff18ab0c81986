import type { Step } from '@hive/events';
import { createChance, type Chance } from './chance.ts';

/** The processes of the small world. */
export const processNames = ['queen', 'worker-1', 'worker-2', 'queen-2'] as const;
export type ProcessName = (typeof processNames)[number];

/** What goes wrong, and what a person does meanwhile. Calls and handlings are counted from 1 over all lives of a process. */
export type Fault =
  | { readonly kind: 'crash'; readonly process: ProcessName; readonly call: number; readonly after: boolean }
  | { readonly kind: 'kill'; readonly process: ProcessName; readonly atMs: number }
  | { readonly kind: 'restart'; readonly atMs: number }
  | { readonly kind: 'pause'; readonly process: ProcessName; readonly atMs: number; readonly ms: number }
  | { readonly kind: 'error'; readonly process: ProcessName; readonly call: number; readonly after: boolean }
  | { readonly kind: 'away' | 'full'; readonly atMs: number; readonly ms: number }
  | { readonly kind: 'rings'; readonly way: 'lost' | 'doubled' | 'late'; readonly atMs: number; readonly ms: number }
  | { readonly kind: 'clock'; readonly process: ProcessName; readonly atMs: number; readonly byMs: number }
  | { readonly kind: 'slow'; readonly handling: number; readonly ms: number }
  | { readonly kind: 'fails'; readonly handling: number; readonly retry: boolean }
  /** A command of git stands still for so long, and then goes on. */
  | { readonly kind: 'git'; readonly command: number; readonly ms: number }
  /** One kind of step can never be done, for good: it throws, hangs, or takes its process with it. */
  | { readonly kind: 'poison'; readonly step: Step; readonly how: 'throws' | 'hangs' | 'kills' }
  | { readonly kind: 'ask'; readonly what: Ask; readonly atMs: number };

/** What a person may ask for; what belongs together is done as one. */
export type Ask = 'pause and resume' | 'cancel a task' | 'cancel' | 'redrive' | 'stop and go on';

const hourMs = 3_600_000;

/** The faults of a seed, within so many milliseconds. Most seeds have a few, some have none. */
export const faultsOf = (seed: number, withinMs: number, leaseMs: number): readonly Fault[] => {
  const chance = createChance(seed * 7919 + 17);
  return Array.from({ length: chance.below(7) }, () => drawFault(chance, withinMs, leaseMs));
};

const drawFault = (chance: Chance, withinMs: number, leaseMs: number): Fault => {
  const process = chance.pick(processNames);
  const atMs = soon(chance, withinMs);
  const call = 1 + Math.floor(chance.next() ** 2 * 120);
  const after = chance.next() < 0.5;
  const ms = 1 + Math.floor(chance.next() * 3 * leaseMs);
  const handling = 1 + chance.below(12);
  switch (chance.below(18)) {
    case 0:
    case 1:
    case 2:
      return { kind: 'crash', process, call, after };
    case 3:
      return { kind: 'kill', process, atMs };
    case 4:
      return { kind: 'restart', atMs };
    case 5:
      return { kind: 'pause', process, atMs, ms };
    case 6:
    case 7:
      return { kind: 'error', process, call, after };
    case 8:
      return { kind: chance.pick(['away', 'full'] as const), atMs, ms };
    case 9:
      return { kind: 'rings', way: chance.pick(['lost', 'doubled', 'late'] as const), atMs: 0, ms: withinMs };
    case 10:
      return { kind: 'clock', process, atMs, byMs: chance.pick([-hourMs, hourMs]) };
    case 11:
      return { kind: 'slow', handling, ms };
    case 12:
      return { kind: 'fails', handling, retry: chance.next() < 0.7 };
    case 13:
      return {
        kind: 'poison',
        step: chance.pick(['plan', 'work', 'check', 'review', 'merge'] as const),
        how: chance.pick(['throws', 'hangs', 'kills'] as const),
      };
    case 14:
    case 15:
      return { kind: 'git', command: 1 + chance.below(12), ms };
    default:
      return {
        kind: 'ask',
        what: chance.pick(['pause and resume', 'cancel a task', 'cancel', 'redrive', 'stop and go on'] as const),
        atMs,
      };
  }
};

/** Most things happen in the first half second, when there is most to interrupt. */
const soon = (chance: Chance, withinMs: number): number =>
  chance.next() < 0.7 ? chance.next() * 500 : chance.next() * withinMs;

/** A fault in a few words, for whoever repeats a seed. */
export const faultText = (fault: Fault): string => {
  const { kind, ...rest } = fault;
  const parts = Object.entries(rest).map(
    ([key, value]) => `${key} ${typeof value === 'number' ? Math.round(value) : String(value)}`,
  );
  return `${kind} (${parts.join(', ')})`;
};
