import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { keepVerified } from '@hive/front-desk';
import { HiveError } from '@hive/errors';
import { defineCommand } from '../command.ts';
import { colourOfStatus } from '../terminal/colour.ts';
import { duration } from '../terminal/figures.ts';
import { oneLine } from '../terminal/visible.ts';
import { padEnd } from '../terminal/width.ts';

type Options = { readonly checkpoints?: string; readonly publicKey?: string };

export const verify = defineCommand<Options>({
  name: 'verify',
  says: 'Check in the store what must always hold, and name who breaks it',
  options: [
    { flags: '--checkpoints <file>', says: 'compare the log with this copy of audit/checkpoints.jsonl' },
    { flags: '--public-key <file>', says: 'the copy of audit/key.pub.pem that belongs to it' },
  ],
  examples: [
    'hive verify',
    'hive verify --checkpoints /mnt/stick/checkpoints.jsonl --public-key /mnt/stick/key.pub.pem',
  ],
  run: async (cli, _args, options) => {
    const { out } = cli;
    const config = await cli.config();
    if (config.remote.url !== null)
      throw new HiveError(
        'input.invalid',
        'hive verify reads the store itself: run it where the store is, without HIVE_URL',
      );
    const copy = copyOf(options, cli.cwd);
    const { openHiveStore } = await import('../desk/open-store.ts');
    const { auditFiles, readTrail } = await import('../desk/store-files.ts');
    const store = await openHiveStore(config, { readonly: true });
    try {
      // Before the store is looked at: what is sealed while it is checked is no fault.
      const audit = await readTrail(copy ?? { ...auditFiles(config.home), copied: false });
      const reports = await store.verify({ audit, home: config.home });
      const isBroken = reports.some((report) => report.status === 'broken');
      const broken = reports.filter((report) => report.status === 'broken').map((report) => report.name);
      // For the screen of health. Whoever may only read checks all the same.
      await keepVerified(config.home, { at: await store.now(), holds: !isBroken, broken }).catch(() => undefined);
      out.document({ holds: !isBroken, invariants: reports });
      for (const report of reports) {
        const note = report.note === undefined ? '' : ` (${oneLine(report.note)})`;
        const paint = colourOfStatus(out.colour, report.status);
        out.line(
          `${String(report.number).padStart(2)}  ${paint(padEnd(report.status, 18))}  ${oneLine(report.name)}${note}  ${out.colour.dim(duration(report.ms))}`,
        );
        for (const offender of report.offenders) out.line(`      ${oneLine(offender)}`);
      }
      return isBroken ? 1 : 0;
    } finally {
      await store.close();
    }
  },
});

/** A copy is a pair: whoever rewrites the checkpoints would put a key of their own beside them. */
const copyOf = ({ checkpoints, publicKey }: Options, cwd: string) => {
  if (checkpoints === undefined && publicKey === undefined) return null;
  if (checkpoints === undefined || publicKey === undefined)
    throw new HiveError('input.invalid', '--checkpoints and --public-key belong together: give the copy of both files');
  const files = { checkpoints: resolve(cwd, checkpoints), publicKey: resolve(cwd, publicKey), copied: true };
  const missing = [files.checkpoints, files.publicKey].find((file) => !existsSync(file));
  if (missing !== undefined) throw new HiveError('input.invalid', `There is no file ${missing}`);
  return files;
};
