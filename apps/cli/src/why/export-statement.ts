import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { createPublicKey } from 'node:crypto';
import { evidenceKeyFiles, openEvidenceKey } from '@hive/core-db';
import type { Why } from '@hive/events';
import { keyNameOf, signStatement } from '@hive/front-desk/statement';
import type { Cli } from '../cli.ts';

/** Signs what the log says of a merge, writes it, and tells which key checks it. `-` is standard output, which then holds nothing else. */
export const exportStatement = async (cli: Cli, why: Why, file: string): Promise<number> => {
  const { home } = await cli.config();
  const text = `${JSON.stringify(signStatement(home, why), null, 2)}\n`;
  const commit = why.task.commit ?? ''; // a merge has one, and nothing else is signed
  const key = openEvidenceKey(home);
  if (file === '-') process.stdout.write(text);
  else {
    writeFileSync(resolve(cli.cwd, file), text);
    cli.out.document({
      commit,
      file: resolve(cli.cwd, file),
      key: keyNameOf(key),
      publicKey: evidenceKeyFiles(home).publicKey,
    });
  }
  const written = file === '-' ? 'standard output' : resolve(cli.cwd, file);
  cli.out.note(
    [
      `Signed: the evidence of ${commit.slice(0, 12)}, to ${written}`,
      `Who checks it needs this public key (${evidenceKeyFiles(home).publicKey}), from you and not from beside the statement:`,
      String(createPublicKey(key).export({ type: 'spki', format: 'pem' })).trim(),
    ].join('\n'),
  );
  return 0;
};
