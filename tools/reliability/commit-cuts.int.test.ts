import { expect, test } from 'vitest';
import { run } from './rows/commit-cuts.ts';

test('fifty cuts around COMMIT: nothing that was acknowledged is lost, nothing is there twice, no step is stuck', async () => {
  const outcome = await run('quick');
  expect(outcome, outcome.notes).toMatchObject({ runs: 50, violations: 0 });
});
