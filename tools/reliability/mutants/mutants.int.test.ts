import { expect, test } from 'vitest';
import { openDoor } from './door.ts';
import { rows } from './list/index.ts';
import { runSuite } from './run-suite.ts';
import { tableOf } from './table.ts';

test('every planted bug is reached and fails the test that is there for it', async () => {
  const door = await openDoor();
  try {
    const verdicts = await runSuite({ rows, door: door.url });
    const missed = verdicts
      .filter(({ caught }) => !caught)
      .map(({ mutant, sentence }) => `${mutant.name}: ${sentence}`);
    expect(missed, tableOf(rows, verdicts)).toEqual([]);
  } finally {
    await door.close();
  }
});
