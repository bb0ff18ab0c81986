import { expect, test } from 'vitest';
import { tempFolder } from '../../testing.ts';
import { runProbes } from './run-probes.ts';

test('nothing gets out of the sandbox, and what was tried works outside of it', async () => {
  const { sandbox, verdicts } = await runProbes(tempFolder());
  const those = (wanted: string) =>
    verdicts.filter(({ verdict }) => verdict === wanted).map(({ name, says }) => `${name}: ${says}`);
  for (const line of those('not tried')) process.stdout.write(`escape probe not tried: ${line}\n`);
  expect([...those('through'), ...those('no control')]).toEqual([]);
  if (sandbox.kind !== 'none') expect(those('held').length).toBeGreaterThan(40);
});
