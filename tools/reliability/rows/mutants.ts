import { openDoor } from '../mutants/door.ts';
import { rows } from '../mutants/list/index.ts';
import { runSuite } from '../mutants/run-suite.ts';
import type { Outcome } from '../row.ts';

export const id = 'R3';
export const title = 'bugs planted into the code that ships';

/** Plants every bug; a violation is one that no test saw. The quick run is the full one. */
export const run = async (): Promise<Outcome> => {
  const began = performance.now();
  const door = await openDoor();
  try {
    const verdicts = await runSuite({ rows, door: door.url });
    const missed = verdicts.filter(({ caught }) => !caught);
    return {
      runs: verdicts.length,
      violations: missed.length,
      ms: Math.round(performance.now() - began),
      store: 'sqlite, postgres, memory',
      notes: [
        `${verdicts.length - missed.length} of ${verdicts.length} caught, in ${rows.length} rows of the list`,
        ...missed.map(({ mutant, sentence }) => `${mutant.name}: ${sentence}`),
      ].join('; '),
      details: verdicts.map(({ row, breaks, mutant, sentence, ms }) => ({
        row,
        mutant: mutant.name,
        file: mutant.file,
        breaks,
        harness: mutant.caughtBy.file,
        assertion: mutant.caughtBy.title,
        said: sentence,
        ms,
      })),
    };
  } finally {
    await door.close();
  }
};
