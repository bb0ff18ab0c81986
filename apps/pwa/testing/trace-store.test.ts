import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import { errorTypes, isError, stepsOfColumns, traceColumns, traceRow, type HiveEvent } from '@hive/events';
import { RowLayout } from '../src/features/traces/waterfall/row-layout.ts';
import { none, stretchKinds } from '../src/features/traces/waterfall/subject-bars.ts';
import { TraceStore } from '../src/features/traces/waterfall/trace-store.ts';
import { WaterfallState } from '../src/features/traces/waterfall/waterfall-state.ts';
import { barsOf } from './bars-of.ts';
import { shownRows, treeOf } from './causal-tree.ts';
import { idOf } from './log.ts';

const types = [
  ...[
    'task.created',
    'task.ready',
    'task.assigned',
    'task.claimed',
    'task.submitted',
    'task.checked',
    'task.escalated',
  ],
  ...['task.refused', 'task.merged', 'task.redriven', 'model.called', 'model.parked', 'approval.requested'],
  ...['approval.decided', 'workflow.paused', 'workflow.resumed', 'future.thing'],
];
const subjects = ['a', 'b', 'c', 'd', null];
const trace = idOf('trace');

const told = fc.record({
  type: fc.constantFrom(...types),
  subject: fc.constantFrom(...subjects),
  step: fc.constantFrom(...stepsOfColumns, undefined),
  /** How many events before it its cause is; 0: none, 9: outside of this trace. */
  back: fc.integer({ min: 0, max: 9 }),
  later: fc.integer({ min: 0, max: 5000 }),
  gap: fc.integer({ min: 1, max: 3 }),
});

const eventsOf = (list: readonly (typeof told extends fc.Arbitrary<infer T> ? T : never)[]): HiveEvent[] => {
  const events: HiveEvent[] = [];
  let [position, at] = [0, 1_700_000_000_000];
  for (const { type, subject, step, back, later, gap } of list) {
    position += gap;
    at += later;
    const cause = back === 0 ? null : back === 9 ? idOf('elsewhere') : (events.at(-back)?.id ?? null);
    const stream =
      subject === null ? `${type.startsWith('approval') ? 'approval' : 'workflow'}/${trace}` : `task/${subject}`;
    const more =
      type === 'model.called'
        ? { totalMs: 40, outcome: later % 2 ? 'ok' : 'model.timeout', model: 'm', source: 'live' }
        : {};
    const spec = { title: 't', author: later % 2 ? 'human' : 'ollama:m@b' };
    events.push({
      ...{
        id: idOf(`event ${position}`),
        position,
        type,
        stream,
        version: 1,
        correlationId: trace,
        causationId: cause,
      },
      ...{ actor: 'worker/1', at: new Date(at).toISOString() },
      data: {
        taskId: subject,
        ...(step && { step }),
        spec,
        author: spec.author,
        agent: 'x',
        commit: 'c',
        code: 'c',
        reason: 'r',
        ...more,
      },
    } as unknown as HiveEvent);
  }
  return events;
};

/** The slow and obvious model of what is drawn. */
const modelOf = (
  events: readonly HiveEvent[],
  shut: ReadonlySet<string> = new Set(),
  fits: ReadonlySet<string> | null = null,
) => {
  const rows = treeOf(events);
  const bars = barsOf(events);
  const above = (id: string | null): string[] => {
    const row = rows.find(({ event }) => event.id === id);
    return row ? [row.event.id, ...above(row.parent)] : [];
  };
  const kept = fits && new Set([...fits].flatMap((id) => above(id)));
  const shown = kept ? rows.filter(({ event }) => kept.has(event.id)) : shownRows(rows, shut);
  return shown.map(({ event, level, head, children, subject }) => ({
    ...{ id: event.id, level, head, children },
    errors: rows.filter(
      (row) => row.event.id !== event.id && isError(row.event) && above(row.parent).includes(event.id),
    ).length,
    effects: events.filter(({ causationId }) => causationId === event.id).map(({ id }) => id),
    bars: (bars.get(subject)?.phases ?? []).map(({ kind, from, to }) => [kind, from, to]),
    badAt: bars.get(subject)?.endedBadlyAt ?? null,
  }));
};

const drawnOf = (store: TraceStore, shut: ReadonlySet<string> = new Set(), fits: ReadonlySet<string> | null = null) => {
  const layout = new RowLayout();
  const filter = fits && Uint8Array.from({ length: store.rows }, (_, row) => (fits.has(store.idOf(row)) ? 1 : 0));
  layout.update(store, new Set([...shut].map((id) => store.rowOf(id))), filter);
  return Array.from({ length: layout.count }, (_, place) => {
    const row = layout.rowAt(place);
    expect(layout.indexOf(row)).toBe(place);
    const subject = store.subject[row] ?? -1;
    const bars: unknown[] = [];
    const { kind, from, to, next } = store.bars;
    for (let at = store.bars.firstOf(subject); at !== none; at = next[at] ?? none) {
      const named = stretchKinds[kind[at] ?? -1];
      const shown = named === 'work' ? (store.bars.byModel[subject] ? 'model' : 'command') : named;
      bars.push([shown, from[at], Number.isNaN(to[at]) ? null : to[at]]);
    }
    const badAt = store.bars.badAt[subject] ?? NaN;
    return {
      ...{ id: store.idOf(row), level: store.depth[row], head: store.isHead(row), children: store.children[row] },
      errors: store.errorsBelow[row],
      effects: store.effectsOf(row).map((it) => store.idOf(it)),
      bars,
      badAt: Number.isNaN(badAt) ? null : badAt,
    };
  });
};

const columnsOf = (events: readonly HiveEvent[], all: readonly HiveEvent[]) => {
  const positions = new Map(all.map(({ id, position }) => [id, position]));
  return traceColumns(trace, events.map(traceRow), { next: null, positionOf: (id) => positions.get(id) });
};

const runs = { numRuns: 150 };

test('a store is what the slow model says, in whatever parts and order it came and however often', () => {
  fc.assert(
    fc.property(
      fc.array(told, { maxLength: 40 }),
      fc.infiniteStream(fc.nat()),
      fc.nat({ max: 12 }),
      (list, random, size) => {
        const events = eventsOf(list);
        const next = (below: number) => (random.next().value as number) % below;
        const parts: HiveEvent[][] = [];
        for (let from = 0; from < events.length; from += size + 1) parts.push(events.slice(from, from + size + 1));
        const again = parts.filter(() => next(3) === 0);
        const store = new TraceStore();
        for (let left = [...parts, ...again]; left.length > 0;) {
          const [part] = left.splice(next(left.length), 1);
          store.apply(columnsOf(part ?? [], events));
        }
        const { version } = store;
        expect(store.apply(columnsOf(events, events))).toBe(0);
        expect(store.version).toBe(version);
        expect(store.unplaced).toBe(0);
        expect(drawnOf(store)).toEqual(modelOf(events));
        expect(store.errors).toBe(events.filter(({ type }) => errorTypes.includes(type)).length);
      },
    ),
    runs,
  );
});

test('a trace that was followed live is drawn like one that was read at its end', () => {
  fc.assert(
    fc.property(fc.array(told, { minLength: 1, maxLength: 30 }), fc.nat({ max: 29 }), (list, cut) => {
      const events = eventsOf(list);
      const store = new TraceStore();
      store.apply(columnsOf(events.slice(0, cut), events));
      for (let from = cut; from < events.length; from += 3)
        store.applyLive(events.slice(Math.max(0, from - 2), from + 3));
      expect(drawnOf(store)).toEqual(modelOf(events));
    }),
    runs,
  );
});

test('rows that come live take the places that going through the whole tree gives them', () => {
  let added = 0;
  fc.assert(
    fc.property(
      fc.array(told, { minLength: 2, maxLength: 40 }),
      fc.infiniteStream(fc.nat()),
      fc.nat({ max: 4 }),
      (list, random, size) => {
        const next = (below: number) => (random.next().value as number) % below;
        const events = eventsOf(list);
        const cut = 1 + next(events.length);
        const store = new TraceStore();
        const state = new WaterfallState(store);
        store.apply(columnsOf(events.slice(0, cut), events));
        store.placeRest();
        state.refresh(0);
        for (let row = 0; row < cut; row += 1) if (next(4) === 0 && store.children[row] !== 0) state.toggle(row);
        const full = vi.spyOn(state, 'relayout');
        for (let from = cut; from < events.length; from += size + 1) {
          if (store.applyLive(events.slice(from, from + size + 1)) > 0) store.placeRest();
          state.place();
          const whole = new RowLayout();
          whole.update(store, state.shut, null);
          const shown = ({ visible, count, fitting }: RowLayout) => [[...visible.subarray(0, count)], fitting];
          expect(shown(state.layout)).toEqual(shown(whole));
          for (let row = 0; row < store.rows; row += 1) expect(state.layout.indexOf(row)).toBe(whole.indexOf(row));
          added += full.mock.calls.length === 0 ? 1 : 0;
        }
      },
    ),
    runs,
  );
  // Else it would be the tree that is compared with itself.
  expect(added).toBeGreaterThan(runs.numRuns);
});

test('what is collapsed hides what is below it, and what was searched for is shown with all above it', () => {
  fc.assert(
    fc.property(fc.array(told, { minLength: 1, maxLength: 30 }), fc.infiniteStream(fc.boolean()), (list, random) => {
      const events = eventsOf(list);
      const store = new TraceStore();
      store.apply(columnsOf(events, events));
      const some = () => new Set(events.flatMap(({ id }) => (random.next().value ? [id] : [])));
      const [shut, fits] = [some(), some()];
      expect(drawnOf(store, shut)).toEqual(modelOf(events, shut));
      expect(drawnOf(store, shut, fits)).toEqual(modelOf(events, shut, fits));
    }),
    runs,
  );
});

test('a chain of a thousand causes is a thousand levels deep, and a cause that never comes leaves a root', () => {
  const events = eventsOf(
    Array.from({ length: 1000 }, (_, n) => ({
      type: 'future.thing',
      subject: `s${n}`,
      step: undefined,
      back: 1,
      later: 1,
      gap: 1,
    })),
  );
  const store = new TraceStore();
  store.apply(columnsOf(events.slice(0, 500), events));
  store.apply(columnsOf(events.slice(501), events));
  expect(store.unplaced).toBe(499);
  store.placeRest();
  expect(store.depth[499]).toBe(499);
  expect(store.depth.subarray(0, store.rows).filter((depth) => depth === 0)).toHaveLength(2);
});
