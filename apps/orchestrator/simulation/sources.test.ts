import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '../../..');

/** What the small worlds are made of. The machine's own time and chance stand in `surroundings.ts` and `ids.ts`. */
const simulated = [
  'packages/bus/src/*.ts',
  'packages/agent-kit/src/{step-runner,run-agent}.ts',
  'packages/core-db/src/memory/*.ts',
  'apps/orchestrator/src/{decide,state,following,limits,look-after-queue}.ts',
];
const exempt = /\.test\.ts$|bus\/src\/(surroundings|ids)\.ts$/;

const ofTheMachine =
  /\bDate\.now\b|\bnew Date\(\)|\bperformance\.|\bset(Timeout|Interval|Immediate)\b|\bMath\.random\b|\brandom(UUID|Bytes|Int)\b|\bhrtime\b|timers\/promises/;

test('bus, kit and queen take time and chance from their surroundings only', () => {
  const files = globSync(simulated, { cwd: root }).filter((file) => !exempt.test(file));
  expect(files.length).toBeGreaterThan(20);
  const found = files.flatMap((file) =>
    readFileSync(join(root, file), 'utf8')
      .split('\n')
      .flatMap((line, n) => {
        // A process that hangs at its end is ended by the machine.
        const isMeant = line.includes('process.exit');
        return ofTheMachine.test(line) && !isMeant ? [`${file}:${n + 1} ${line.trim()}`] : [];
      }),
  );
  expect(found).toEqual([]);
});
