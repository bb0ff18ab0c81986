import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parsePlanFile } from '@hive/events';
import { parse } from 'yaml';
import { fingerprint, type StoredPlan } from './stored-examples.ts';

/** The fingerprints of all plans below a folder of examples. */
export const fingerprintsOf = (examples: string): StoredPlan[] =>
  globSync('*/plan.yaml', { cwd: examples })
    .sort()
    .map((file) => {
      const path = join(examples, file);
      const plan = parsePlanFile(parse(readFileSync(path, 'utf8')));
      const tasks = plan.tasks.map((task) =>
        task.patch === undefined ? task : { ...task, patch: readFileSync(join(dirname(path), task.patch), 'utf8') },
      );
      return fingerprint({ ...plan, tasks });
    });

/** The source of stored-plans.ts. */
export const storedPlansSource = (plans: readonly StoredPlan[]): string =>
  [
    "import type { StoredPlan } from './stored-examples.ts';",
    '',
    '/** Fingerprints of the bundled examples as released. Written by `node packages/front-desk/src/write-stored-plans.ts`. */',
    'export const storedPlans: readonly StoredPlan[] = [',
    ...plans.flatMap(({ plan, patches }) => [
      '  {',
      `    plan: '${plan}',`,
      '    patches: {',
      ...Object.entries(patches).map(([key, hash]) => `      ${/^\w+$/.test(key) ? key : `'${key}'`}: '${hash}',`),
      '    },',
      '  },',
    ]),
    '];',
    '',
  ].join('\n');

if (import.meta.main)
  writeFileSync(
    join(import.meta.dirname, 'stored-plans.ts'),
    storedPlansSource(fingerprintsOf(join(import.meta.dirname, '../../../examples'))),
  );
