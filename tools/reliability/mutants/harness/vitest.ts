// Stands for vitest in a program that runs a few tests of one file: the same matchers, a small runner, and no seconds to start.
import { format } from 'node:util';
import { expect as real, vi as realVi } from 'vitest';

export { expectTypeOf } from 'vitest';

type Act = (...given: never[]) => unknown;
type Suite = {
  title: string;
  parent: Suite | null;
  tests: Found[];
  before: Act[];
  after: Act[];
  all: Act[];
  ended: Act[];
};
type Found = { title: string; run: () => unknown; suite: Suite };

const suiteOf = (title: string, parent: Suite | null): Suite => ({
  title,
  parent,
  tests: [],
  before: [],
  after: [],
  all: [],
  ended: [],
});
const root = suiteOf('', null);
const suites = [root];
let current = root;
let finishing: Act[] = [];

const add = (title: string, run: Act): void => void current.tests.push({ title, run: run, suite: current });
const group = (title: string, fill: Act): void => {
  const suite = suiteOf(title, current);
  suites.push(suite);
  current = suite;
  fill();
  current = suite.parent ?? root;
};

/** As vitest fills the title of a table's row: `%s` and its like by position, `$name` by field. */
const titled = (title: string, row: unknown): string => {
  const values = Array.isArray(row) ? (row as unknown[]) : [row];
  const filled = title.replace(/\$(\w+)/g, (whole, name: string) => {
    const found = (values[0] as Record<string, unknown> | null)?.[name];
    return found === undefined ? whole : String(found);
  });
  return format(filled, ...values.slice(0, (filled.match(/%[sdijo]/g) ?? []).length));
};
const each =
  (define: (title: string, act: Act) => void) =>
  (rows: readonly unknown[]) =>
  (title: string, act: Act): void => {
    for (const row of rows) {
      const values = Array.isArray(row) ? (row as unknown[]) : [row];
      define(titled(title, row), () => (act as (...given: unknown[]) => unknown)(...values));
    }
  };

const either = (define: (title: string, act: Act) => void) =>
  Object.assign(define, {
    each: each(define),
    skipIf: (skip: unknown) => (skip ? () => undefined : define),
    runIf: (runs: unknown) => (runs ? define : () => undefined),
  });

export const test = either(add);
export const it = test;
export const describe = either(group);
export const beforeAll = (act: Act): void => void current.all.push(act);
export const afterAll = (act: Act): void => void current.ended.push(act);
export const beforeEach = (act: Act): void => void current.before.push(act);
export const afterEach = (act: Act): void => void current.after.push(act);
export const onTestFinished = (act: Act): void => void finishing.push(act);
/** The only thing that is provided is where a PostgreSQL can be had. */
export const inject = (): string => process.env['HIVE_POSTGRES_DOOR'] ?? '';
const RealDate = Date;
/** The clock that tests set wrong is all that is asked for of fake timers. */
const useFakeTimers = ({ now }: { readonly toFake: readonly ['Date']; readonly now: number }): void => {
  globalThis.Date = class extends RealDate {
    constructor(...given: [] | [number | string]) {
      super(given[0] ?? now);
    }
    static override now = () => now;
  } as DateConstructor; // nobody calls it without `new`
};
const useRealTimers = (): void => void (globalThis.Date = RealDate);
export const vi = { ...realVi, setConfig: (): void => undefined, useFakeTimers, useRealTimers };

type Matchers = Record<string, (...given: unknown[]) => unknown>;
type PollOptions = { readonly timeout?: number; readonly interval?: number };

/** What a test waits for longer is to be there sooner without a bug, which the same test shows first. */
const mostPatientMs = 6_000;

/** Asks again until the matcher is content; what it said last is thrown when the time is over. */
const poll = (ask: () => unknown, { timeout = mostPatientMs, interval = 50 }: PollOptions = {}): unknown => {
  const asking = (negated: boolean) =>
    new Proxy(
      {},
      {
        get: (_, matcher: string): unknown =>
          matcher === 'not'
            ? asking(!negated)
            : async (...given: unknown[]) => {
                for (const began = performance.now(); ; await new Promise((again) => setTimeout(again, interval))) {
                  try {
                    const found = real(await ask()) as unknown as Matchers & { not: Matchers };
                    return (negated ? found.not : found)[matcher]?.(...given);
                  } catch (error) {
                    if (performance.now() - began > Math.min(timeout, mostPatientMs)) throw error;
                  }
                }
              },
      },
    );
  return asking(false);
};
export const expect: typeof real = Object.assign(
  ((...given: Parameters<typeof real>) => real(...given)) as typeof real,
  {
    ...real,
    poll,
  },
);

/** How a test ended that was asked for. `by` is `assertion` when a matcher said no, else `error`. */
export type Ended = {
  readonly asked: string;
  readonly error: null | { readonly by: 'assertion' | 'error'; readonly text: string };
};

const lineage = (suite: Suite): Suite[] => (suite.parent ? [...lineage(suite.parent), suite] : [suite]);

const call = async (acts: readonly Act[]): Promise<void> => {
  for (const act of acts) await act();
};

const errorOf = (thrown: unknown): Ended['error'] => {
  const error = thrown instanceof Error ? thrown : new Error(String(thrown));
  return { by: error.name === 'AssertionError' ? 'assertion' : 'error', text: `${error.name}: ${error.message}` };
};

const isAsked = ({ title, suite }: Found, asked: string): boolean =>
  ` > ${[...lineage(suite).map((it) => it.title), title].join(' > ')}`.endsWith(` > ${asked}`);

/** Runs the tests of these titles, and tells of each at once, before anything is put away. */
export const runTests = async (
  titles: readonly string[],
  how: 'all' | 'to the first failure',
  tell: (ended: Ended) => void,
): Promise<void> => {
  const tests = suites.flatMap((it) => it.tests);
  const chosen = tests.flatMap((test) =>
    titles.filter((asked) => isAsked(test, asked)).map((asked) => ({ asked, test })),
  );
  const unknown = titles.find((title) => !chosen.some(({ asked }) => asked === title));
  if (unknown !== undefined) throw new Error(`there is no test '${unknown}'`);
  const opened = new Set<Suite>();
  for (const { asked, test } of chosen) {
    const around = lineage(test.suite);
    let error: Ended['error'] = null;
    finishing = [];
    try {
      for (const it of around)
        if (!opened.has(it)) {
          opened.add(it);
          await call(it.all);
        }
      for (const it of around) await call(it.before);
      await test.run();
    } catch (thrown) {
      error = errorOf(thrown);
    }
    tell({ asked, error });
    await call(finishing.toReversed());
    for (const it of around.toReversed()) await call(it.after.toReversed());
    if (error && how === 'to the first failure') break;
  }
  for (const it of [...opened].toReversed()) await call(it.ended.toReversed());
};
