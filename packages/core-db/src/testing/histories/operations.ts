import fc from 'fast-check';

/**
 * One operation of a random history. Numbers are choices: what they choose from is known only while the history is played, and is the same for
 * every store.
 */
export type Operation =
  | {
      readonly do: 'append';
      readonly stream: number;
      readonly events: number;
      /** How far the expected version is off. */
      readonly off: -1 | 0 | 1;
      readonly state: 'a' | 'b';
      /** Leaves the view behind. */
      readonly behind: boolean;
      readonly step: NewStep | null;
      readonly ends: boolean;
    }
  | {
      /** Puts steps into the queue of streams that nobody has read. */
      readonly do: 'start';
      readonly steps: readonly NewStart[];
      /** A claim that is asked for in the same moment. */
      readonly claim: {
        readonly kind: 'work' | 'check';
        readonly agent: 0 | 1;
        readonly limit: number;
        readonly expired: boolean;
      } | null;
    }
  | { readonly do: 'repeat'; readonly which: number; readonly changed: boolean }
  | {
      readonly do: 'claim';
      readonly kind: 'work' | 'check';
      readonly agent: 0 | 1;
      readonly limit: number;
      readonly expired: boolean;
    }
  | {
      readonly do: 'finish';
      readonly which: number;
      readonly to: 'done' | 'ready' | 'later';
      readonly wrong: 'token' | 'holder' | 'version' | null;
    }
  | { readonly do: 'renew'; readonly holder: 0 | 1; readonly which: readonly number[]; readonly expired: boolean }
  | { readonly do: 'rescue' }
  | { readonly do: 'pause' | 'resume' }
  | { readonly do: 'read'; readonly reader: 0 | 1; readonly limit: number; readonly types: readonly string[] | null }
  | { readonly do: 'move'; readonly stale: boolean; readonly stream: number }
  | { readonly do: 'letter'; readonly which: number; readonly take: boolean };

/** A step that is put into the queue. Those of kind `check` have a stream of their own, so that a claim may win several. */
export type NewStep = {
  readonly kind: 'work' | 'check';
  readonly rank: number;
  readonly wait: 'ready' | 'overdue' | 'later';
  readonly onlyAgent: 0 | 1 | null;
  readonly avoidAgent: 0 | 1 | null;
  readonly due: 'a' | null;
};

/** A step for a stream that nobody has read: one of the history's, or a new one (null). */
export type NewStart = Pick<NewStep, 'kind' | 'rank' | 'onlyAgent' | 'due'> & {
  readonly stream: number | null;
  /** Is refused when the first stream of the history is in this state. */
  readonly unless: 'a' | 'b' | null;
  /** The id of a step that is there already. */
  readonly again: boolean;
};

const agent = fc.constantFrom(0 as const, 1 as const);
const maybe = <T>(given: fc.Arbitrary<T>) => fc.option(given, { nil: null, freq: 2 });

const step: fc.Arbitrary<NewStep> = fc.record({
  kind: fc.constantFrom('work' as const, 'check' as const),
  rank: fc.integer({ min: -2, max: 2 }),
  wait: fc.constantFrom('ready' as const, 'ready' as const, 'overdue' as const, 'later' as const),
  onlyAgent: maybe(agent),
  avoidAgent: maybe(agent),
  due: maybe(fc.constant('a' as const)),
});

const newStart: fc.Arbitrary<NewStart> = fc.record({
  kind: fc.constantFrom('work' as const, 'check' as const),
  rank: fc.integer({ min: -2, max: 2 }),
  onlyAgent: maybe(agent),
  due: maybe(fc.constant('a' as const)),
  stream: fc.option(fc.nat({ max: 2 }), { nil: null, freq: 1 }),
  unless: fc.option(fc.constantFrom('a' as const, 'b' as const), { nil: null, freq: 4 }),
  again: fc.constantFrom(false, false, false, false, false, true),
});

const claimed = {
  kind: fc.constantFrom('work' as const, 'check' as const),
  agent,
  limit: fc.integer({ min: 1, max: 3 }),
  expired: fc.constantFrom(false, false, true),
};

const which = fc.nat({ max: 9 });

const operation: fc.Arbitrary<Operation> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('append' as const),
      stream: fc.nat({ max: 2 }),
      events: fc.integer({ min: 1, max: 3 }),
      off: fc.constantFrom(0 as const, 0 as const, 0 as const, 0 as const, -1 as const, 1 as const),
      state: fc.constantFrom('a' as const, 'b' as const),
      behind: fc.boolean(),
      step: fc.option(step, { nil: null, freq: 3 }),
      ends: fc.constantFrom(false, false, false, true),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('repeat' as const), which, changed: fc.boolean() }) },
  {
    weight: 5,
    arbitrary: fc.record({ do: fc.constant('claim' as const), ...claimed }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('start' as const),
      steps: fc.array(newStart, { minLength: 1, maxLength: 3 }),
      claim: fc.option(fc.record(claimed), { nil: null, freq: 3 }),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('finish' as const),
      which,
      to: fc.constantFrom('done' as const, 'ready' as const, 'later' as const),
      wrong: fc.option(fc.constantFrom('token' as const, 'holder' as const, 'version' as const), {
        nil: null,
        freq: 3,
      }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('renew' as const),
      holder: agent,
      which: fc.array(which, { minLength: 1, maxLength: 3 }),
      expired: fc.boolean(),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('rescue' as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('pause' as const, 'resume' as const) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('read' as const),
      reader: agent,
      limit: fc.integer({ min: 1, max: 7 }),
      types: fc.constantFrom(null, ['task.*'], ['system.alert_resolved'], ['merge.*', 'task.claimed'], []),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('move' as const), stale: fc.boolean(), stream: fc.nat({ max: 2 }) }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('letter' as const), which, take: fc.boolean() }) },
);

/** A history of some forty operations at most. */
export const history: fc.Arbitrary<readonly Operation[]> = fc.array(operation, { minLength: 4, maxLength: 40 });
