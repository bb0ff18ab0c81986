import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfig } from '@hive/config';
import { defaultLimits } from '@hive/workspace';
import { expect, onTestFinished, test } from 'vitest';

const limitsOf = async (yaml: string) => {
  const home = mkdtempSync(join(tmpdir(), 'hive-limits-'));
  onTestFinished(() => rmSync(home, { recursive: true }));
  writeFileSync(join(home, 'hive.yaml'), yaml);
  return (await loadConfig({ env: { HIVE_HOME: home }, cwd: home, cloneRoot: null, args: {} })).sandbox.limits;
};

test('what one command may use is the same with and without configuration, and each key sets its limit', async () => {
  expect(await limitsOf('hive: {}')).toEqual(defaultLimits);
  const all =
    'memoryGb: 1.5, processes: 64, cores: 0.5, cpuMinutes: 2, fileGb: 0.25, diskGb: 3, files: 77, minutes: 5, outputMb: 1';
  expect(await limitsOf(`hive: { sandbox: { limits: { ${all} } } }`)).toEqual({
    memoryBytes: 1_500_000_000,
    processes: 64,
    cores: 0.5,
    cpuMs: 120_000,
    fileBytes: 250_000_000,
    diskBytes: 3_000_000_000,
    files: 77,
    wallMs: 300_000,
    outputBytes: 1_000_000,
  });
});
