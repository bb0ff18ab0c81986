import { expect, test } from 'vitest';
import { rows } from './list/index.ts';
import type { Mutant, Row } from './mutant.ts';
import { runSuite } from './run-suite.ts';
import { summaryOf, tableOf } from './table.ts';

const file = 'packages/bus/src/backoff.ts';
const caughtBy = {
  file: 'packages/bus/src/backoff.test.ts',
  title: 'the wait for the next attempt grows, ends at its cap, and is spread over all of itself',
};
const cap = 'const capMs = 60_000;';

const planted: Record<string, Partial<Mutant>> = {
  caught: { edits: [[cap, 'const capMs = reached() && 90_000;']] },
  survivor: { edits: [[cap, 'const capMs = reached() && 60_000;']] },
  asleep: { edits: [[cap, `${cap}\nexport const never = () => reached();`]] },
  unmarked: { edits: [[cap, 'const capMs = 90_000;']] },
  crash: { edits: [[cap, 'const capMs = reached() && nobody.knows;']] },
  nonsense: { edits: [[cap, 'const capMs = = reached();']] },
  lost: { edits: [['const nowhere', 'const reached()']] },
  twice: { edits: [['Math.round', 'reached() && Math.round']] },
};
const row: Row = {
  name: 'bugs of bugs',
  breaks: '0',
  mutants: Object.entries(planted).map(([name, it]) => ({ name, file, edits: [], caughtBy, ...it })),
};

test('only a bug that was reached and failed an assertion counts as caught', async () => {
  const verdicts = await runSuite({ rows: [row], door: '' });
  const said = Object.fromEntries(verdicts.map(({ mutant, caught, sentence }) => [mutant.name, [caught, sentence]]));
  const like = (text: string) => expect.stringContaining(text) as string;
  expect(said).toEqual({
    caught: [true, like('expected 90000 to be 60000')],
    survivor: [false, 'it survived: the test passed'],
    asleep: [false, like('it was not reached')],
    unmarked: [false, 'it has no mark of being reached'],
    crash: [false, like('ReferenceError: nobody is not defined')],
    nonsense: [false, like('it was not reached')],
    lost: [false, `its place in ${file} was found 0 times and not once: const nowhere`],
    twice: [false, `its place in ${file} was found 2 times and not once: Math.round`],
  });
  expect(summaryOf(verdicts)).toMatch(/^1 of 8 planted bugs caught\nMISSED survivor: it survived/);
  expect(tableOf([row], verdicts)).toContain('— bugs of bugs');
});

test('a bug is not tried when its test fails without it', async () => {
  const mutants = [
    { name: 'x', file, edits: planted['caught']?.edits ?? [], caughtBy: { ...caughtBy, title: 'unwritten' } },
  ];
  const [verdict] = await runSuite({ rows: [{ ...row, mutants }], door: '' });
  expect(verdict).toMatchObject({ caught: false });
  expect(verdict?.sentence).toMatch(/^the test fails without it too: .*there is no test 'unwritten'/);
});

test('names are unique, and every row has a bug', () => {
  const names = rows.flatMap((it) => it.mutants.map(({ name }) => name));
  expect(new Set(names).size).toBe(names.length);
  expect(rows.filter((it) => it.mutants.length === 0)).toEqual([]);
});
