import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runGluttons, runProbes, type Verdict } from '../src/command/probes/run-probes.ts';

/** Tries to get out of the sandbox of this machine in every way that is known here, and prints a table. Exit 1 when one got through. */
const folders = ['probes', 'gluttons'].map((name) => mkdtempSync(join(tmpdir(), `hive-escape-${name}-`)));
try {
  const [first = '', second = ''] = folders;
  const escape = await runProbes(first);
  const { verdicts: exhaust } = await runGluttons(second);
  const verdicts = [...escape.verdicts, ...exhaust];
  const widths = [
    Math.max(...verdicts.map(({ name }) => name.length)),
    Math.max(...verdicts.map(({ tries }) => tries.length)),
  ];
  const line = ({ name, tries, verdict, says }: Verdict) =>
    `${name.padEnd(widths[0] ?? 0)}  ${tries.padEnd(widths[1] ?? 0)}  ${verdict.padEnd(10)}  ${says}`;
  const count = (wanted: Verdict['verdict']) => verdicts.filter(({ verdict }) => verdict === wanted).length;
  process.stdout.write(`sandbox: ${escape.sandbox.note}\n${verdicts.map(line).join('\n')}\n`);
  process.stdout.write(
    `${count('held')} held, ${count('through')} through, ${count('no control')} without a control, ${count('not tried')} not tried\n`,
  );
  process.exitCode = count('through') + count('no control') > 0 ? 1 : 0;
} finally {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
}
