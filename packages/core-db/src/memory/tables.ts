import type { AgentRow, Cursor, EventRow, StepRow, StepState, TraceRow } from '../port.ts';
import { laneOf } from '../rows.ts';
import type { KeptHead } from '../rows.ts';

/** A dead letter as it is listed. */
export type LetterRow = {
  readonly subscription: string;
  readonly eventId: string;
  readonly error: string;
  readonly attempts: number;
  readonly at: string;
};

/** One way to a memory; `closed` when the process behind it is gone. */
export type Session = { closed: boolean };

/** An agent's row, with the session that shows that it lives. */
export type KeptAgent = AgentRow & { readonly mark: Session | null };

/** An event with its place. */
export type KeptEvent = EventRow & { readonly position: number };

/** How to take something back. */
export type Undo = () => void;

/** What a memory holds, with the few indexes that it is read by. Every change answers how to take it back. */
export type Tables = {
  readonly events: KeptEvent[];
  readonly eventById: Map<string, KeptEvent>;
  readonly eventsOf: { readonly stream: Map<string, KeptEvent[]>; readonly trace: Map<string, KeptEvent[]> };
  readonly heads: Map<string, KeptHead>;
  readonly steps: Map<string, StepRow>;
  readonly stepsIn: Readonly<Record<StepState, Set<string>>>;
  /** Every set of demands that a step ever had, and the ready ones of it, best first. */
  readonly lanes: Map<string, { readonly demands: Demands; readonly ready: StepRow[] }>;
  readonly cursors: Map<string, Cursor>;
  letters: readonly LetterRow[];
  readonly traces: Map<string, TraceRow>;
  readonly agents: Map<string, KeptAgent>;
};

/** What a step asks of its holder. */
export type Demands = Pick<StepRow, 'kind' | 'capabilities' | 'onlyAgent' | 'avoidAgent'>;

/** Nothing yet. */
export const emptyTables = (): Tables => ({
  events: [],
  eventById: new Map(),
  eventsOf: { stream: new Map(), trace: new Map() },
  heads: new Map(),
  steps: new Map(),
  stepsIn: {
    ready: new Set(),
    scheduled: new Set(),
    paused: new Set(),
    parked: new Set(),
    claimed: new Set(),
    done: new Set(),
    cancelled: new Set(),
  },
  lanes: new Map(),
  cursors: new Map(),
  letters: [],
  traces: new Map(),
  agents: new Map(),
});

/** Sets or replaces a value. */
export const setIn = <K, V>(map: Map<K, V>, key: K, value: V): Undo => {
  const before = map.get(key);
  const was = map.has(key);
  map.set(key, value);
  return () => void (was ? map.set(key, before as V) : map.delete(key)); // `was` says that it is a V
};

/** Adds an event at the end of the log. */
export const addEvent = (tables: Tables, event: EventRow): Undo => {
  const kept: KeptEvent = { ...event, position: tables.events.length + 1 };
  const { stream, trace } = tables.eventsOf;
  tables.events.push(kept);
  tables.eventById.set(kept.id, kept);
  push(stream, kept.stream, kept);
  push(trace, kept.correlationId, kept);
  return () => {
    tables.events.pop();
    tables.eventById.delete(kept.id);
    stream.get(kept.stream)?.pop();
    trace.get(kept.correlationId)?.pop();
  };
};

const push = <K, V>(map: Map<K, V[]>, key: K, value: V): void => {
  const all = map.get(key);
  if (all) all.push(value);
  else map.set(key, [value]);
};

/** Puts a step where it belongs; a known one is replaced. */
export const putStep = (tables: Tables, step: StepRow): Undo => {
  const before = tables.steps.get(step.id);
  if (before) leave(tables, before);
  enter(tables, step);
  return () => {
    leave(tables, step);
    if (before) enter(tables, before);
    else tables.steps.delete(step.id);
  };
};

const enter = (tables: Tables, step: StepRow): void => {
  tables.steps.set(step.id, step);
  tables.stepsIn[step.state].add(step.id);
  const { ready } = laneFor(tables, step);
  if (step.state === 'ready') ready.splice(placeIn(ready, step), 0, step);
};

const leave = (tables: Tables, step: StepRow): void => {
  tables.stepsIn[step.state].delete(step.id);
  if (step.state !== 'ready') return;
  const { ready } = laneFor(tables, step);
  ready.splice(placeIn(ready, step), 1);
};

const laneFor = (tables: Tables, step: StepRow) => {
  const name = laneOf(step);
  let lane = tables.lanes.get(name);
  if (!lane) tables.lanes.set(name, (lane = { demands: step, ready: [] }));
  return lane;
};

/** Lower ranks go first, then lower ids. */
export const isBetter = (a: StepRow, b: StepRow): boolean => a.rank < b.rank || (a.rank === b.rank && a.id < b.id);

/** Where a step stands, or would stand, among sorted ones. */
const placeIn = (sorted: readonly StepRow[], step: StepRow): number => {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    const other = sorted[middle];
    if (other && isBetter(other, step)) low = middle + 1;
    else high = middle;
  }
  return low;
};
