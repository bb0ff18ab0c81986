import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Mutant, Row, Test } from './mutant.ts';
import { root, runTests, type Room } from './run-tests.ts';

/** What came of a mutant. `caught` is the only good end; the sentence says what was seen. */
export type Verdict = {
  readonly row: string;
  readonly breaks: string;
  readonly mutant: Mutant;
  readonly caught: boolean;
  readonly sentence: string;
  readonly ms: number;
};

/** How a suite is run. `door`: where a PostgreSQL can be had; see {@link openDoor}. `only`: how names of mutants begin. */
export type SuiteOptions = {
  readonly rows: readonly Row[];
  readonly door: string;
  readonly only?: string | undefined;
  readonly told?: (verdict: Verdict) => void;
};

/** Plants every bug and runs the test that must see it; first of all those tests pass on the code as it is. */
export const runSuite = async ({ rows, door, only = '', told }: SuiteOptions): Promise<readonly Verdict[]> => {
  const chosen = rows.flatMap((row) =>
    row.mutants.filter(({ name }) => name.startsWith(only)).map((mutant) => ({ row, mutant })),
  );
  const folder = await mkdtemp(join(tmpdir(), 'hive-mutants-'));
  const room: Room = { folder, door };
  await mkdir(join(folder, 'cache'));
  try {
    const controls = new Map<string, string | null>();
    await inLanes(byFile(chosen.map(({ mutant }) => mutant.caughtBy)), needsOf, async ({ file, titles }) => {
      const ended = await runTests(room, { file, titles });
      for (const title of titles)
        controls.set(`${file} ${title}`, ended.find((it) => it.asked === title && it.error)?.error?.text ?? null);
    });
    const verdicts: Verdict[] = [];
    await inLanes(
      chosen,
      ({ mutant }) => mutant.caughtBy.needs,
      async ({ row, mutant }) => {
        const began = performance.now();
        const { file, title } = mutant.caughtBy;
        const control = controls.get(`${file} ${title}`) ?? null;
        const end =
          control === null
            ? await tryMutant(room, mutant)
            : { caught: false, sentence: `the test fails without it too: ${control}` };
        const verdict = {
          row: row.name,
          breaks: row.breaks,
          mutant,
          ...end,
          ms: Math.round(performance.now() - began),
        };
        verdicts.push(verdict);
        told?.(verdict);
      },
    );
    return chosen.flatMap(({ mutant }) => verdicts.find((it) => it.mutant === mutant) ?? []);
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  }
};

const tryMutant = async (room: Room, mutant: Mutant): Promise<Pick<Verdict, 'caught' | 'sentence'>> => {
  const missed = (sentence: string) => ({ caught: false, sentence });
  const wrong = await misfit(mutant);
  if (wrong) return missed(wrong);
  const mark = join(room.folder, `${mutant.name}.reached`);
  const { file, title } = mutant.caughtBy;
  const [ended] = await runTests(room, {
    file,
    titles: [title],
    planted: { path: pathOf(mutant.file), edits: mutant.edits, mark },
  });
  if (!existsSync(mark)) return missed(`it was not reached; the test said: ${ended?.error?.text ?? 'nothing'}`);
  if (!ended) return missed('the test did not end');
  if (!ended.error) return missed('it survived: the test passed');
  if (ended.error.by !== 'assertion') return missed(`it ended without an assertion: ${ended.error.text}`);
  return { caught: true, sentence: ended.error.text.replace(/^AssertionError: /, '') };
};

/** Why a mutant cannot be planted as it is written; null when it can. */
const misfit = async ({ file, edits }: Mutant): Promise<string | null> => {
  let source = await readFile(pathOf(file), 'utf8');
  for (const [find, replace] of edits) {
    const times = source.split(find).length - 1;
    if (times !== 1) return `its place in ${file} was found ${times} times and not once: ${find}`;
    source = source.replace(find, () => replace);
  }
  return edits.some(([, replace]) => /\b(mutant_)?reached\(\)/.test(replace))
    ? null
    : 'it has no mark of being reached';
};

const pathOf = (file: string): string => join(root, file);

type TestFile = { readonly file: string; readonly titles: readonly string[]; readonly needs: Test['needs'] };
const needsOf = ({ needs }: TestFile): Test['needs'] => needs;

const byFile = (tests: readonly Test[]): readonly TestFile[] =>
  [...Map.groupBy(tests, ({ file }) => file)].map(([file, of]) => ({
    file,
    titles: [...new Set(of.map(({ title }) => title))],
    needs: of.find(({ needs }) => needs)?.needs,
  }));

/** How many programs run at once: those that need the server one after the other, beside three others, which wait more than they work. */
const lanes: readonly Test['needs'][] = ['postgres', undefined, undefined, undefined];

const inLanes = async <T>(
  all: readonly T[],
  needs: (it: T) => Test['needs'],
  act: (it: T) => Promise<void>,
): Promise<void> => {
  const waiting = Map.groupBy(all, needs);
  const lane = async (own: Test['needs']) => {
    const mine = waiting.get(own) ?? [];
    for (let it = mine.shift(); it !== undefined; it = mine.shift()) await act(it);
  };
  await Promise.all(lanes.map(lane));
};
