import type { Ran } from './judge.ts';

/** A check that ended differently when it ran again at the same place. */
export type Flaky = { readonly name: string; readonly on: Ran['on']; readonly red: number; readonly runs: number };

/** The checks that answered differently at the same place, once per place. Runs that could not be made say nothing. */
export const flakyOf = (ran: readonly Ran[]): Flaky[] => {
  const made = ran.filter(({ result }) => result.infra === undefined);
  return [...Map.groupBy(made, ({ check, on }) => `${on} ${check.name}`).values()].flatMap((runs) => {
    const red = runs.filter(({ result }) => result.exit !== 0).length;
    const [first] = runs;
    if (first === undefined || red === 0 || red === runs.length) return [];
    return [{ name: first.check.name, on: first.on, red, runs: runs.length }];
  });
};

/** Those that are uncertain with the change, and as far as was seen only with it: its own tests on the base are part of it. */
export const madeFlaky = (flaky: readonly Flaky[]): Flaky[] =>
  flaky.filter(({ name, on }) => on === 'head' && !flaky.some((it) => it.name === name && it.on === 'base'));
