import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test as base } from 'vitest';
import { measureSize } from './size.ts';

const built = existsSync(join(import.meta.dirname, '../dist/index.html'));
if (!built) process.stderr.write('size of the control room not measured: not built: npm run build -w @hive/pwa\n');
const test = base.skipIf(!built);

test('what a browser fetches stays within the budgets', async () => {
  const rows = await measureSize();
  for (const { what, value, unit, budget } of rows)
    process.stdout.write(`${what}: ${value} ${unit}${budget === null ? '' : ` of ${budget}`}\n`);
  // Less than the shell alone would mean that the chunks were not found.
  expect(rows[0]?.value).toBeGreaterThan(15);
  expect(rows.filter(({ value, budget }) => budget !== null && value > budget)).toEqual([]);
});
