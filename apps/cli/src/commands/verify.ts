import { HiveError } from '@hive/errors';
import { defineCommand } from '../command.ts';
import { colourOfStatus } from '../terminal/colour.ts';
import { duration } from '../terminal/figures.ts';
import { oneLine } from '../terminal/visible.ts';
import { padEnd } from '../terminal/width.ts';

export const verify = defineCommand({
  name: 'verify',
  says: 'Check in the store what must always hold, and name who breaks it',
  examples: ['hive verify', 'hive verify --json'],
  run: async (cli) => {
    const { out } = cli;
    const config = await cli.config();
    if (config.remote.url !== null)
      throw new HiveError(
        'input.invalid',
        'hive verify reads the store itself: run it where the store is, without HIVE_URL',
      );
    const { openHiveStore } = await import('../desk/open-store.ts');
    const store = await openHiveStore(config);
    try {
      const reports = await store.verify();
      const isBroken = reports.some((report) => report.status === 'broken');
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
