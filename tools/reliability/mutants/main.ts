/** Plants every bug of the list into the code that ships and prints which test saw it: `[--only NAME] [--json FILE]`. */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { openDoor } from './door.ts';
import { rows } from './list/index.ts';
import { runSuite } from './run-suite.ts';
import { tableOf } from './table.ts';

const { values } = parseArgs({
  args: process.argv.slice(2).filter((it) => it !== '--'),
  options: { only: { type: 'string' }, json: { type: 'string' } },
});

const began = performance.now();
const door = await openDoor();
try {
  const told = ({ caught, mutant, ms }: { caught: boolean; mutant: { name: string }; ms: number }) =>
    process.stderr.write(`${caught ? 'caught' : 'MISSED'} ${mutant.name} (${ms} ms)\n`);
  const verdicts = await runSuite({ rows, door: door.url, only: values.only, told });
  console.log(tableOf(rows, verdicts));
  console.log(`${Math.round((performance.now() - began) / 1000)} s`);
  if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(verdicts, null, 2)}\n`);
  process.exitCode = verdicts.length > 0 && verdicts.every((it) => it.caught) ? 0 : 1;
} finally {
  await door.close();
}
