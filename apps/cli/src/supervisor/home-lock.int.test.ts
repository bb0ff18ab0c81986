import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { lockHome } from './home-lock.ts';

test.skipIf(process.platform !== 'linux')('one supervisor on one home', async () => {
  const home = mkdtempSync(join(tmpdir(), 'hive-home-'));
  onTestFinished(() => rmSync(home, { recursive: true, force: true }));
  const first = await lockHome(home);
  expect(first).not.toBeNull();
  expect(await lockHome(home)).toBeNull();
  first?.release();
  await expect.poll(() => lockHome(home)).not.toBeNull();
});
