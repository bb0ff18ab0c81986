import { defineCommand } from '../command.ts';
import { localStore } from '../desk/local-store.ts';
import { withoutBuilding } from '../supervisor/without-building.ts';
import { duration } from '../terminal/figures.ts';
import { oneLine } from '../terminal/visible.ts';
import { whileWaiting } from '../terminal/while-waiting.ts';

type Options = { readonly write?: boolean };

export const rebuild = defineCommand<Options>({
  name: 'rebuild',
  says: 'Make everything that is kept beside the log anew from its first event, and compare',
  options: [{ flags: '--write', says: 'replace the rows that differ, while Hive is stopped' }],
  examples: ['hive rebuild', 'hive rebuild --write'],
  run: async (cli, _, { write = false }) => {
    const { out } = cli;
    const config = await cli.config();
    const store = localStore(config, 'hive rebuild');
    const { rebuildProjections } = await import('../desk/store-files.ts');
    const begun = performance.now();
    const make = () => whileWaiting(out, 'folding the log', rebuildProjections(store, { write }));
    const report = await (write ? withoutBuilding(config.home, make) : make());
    out.document(report);
    const { events, heads, traces, steps, differing, differences } = report;
    out.line(
      `${events} events make ${heads} heads and ${traces} traces and announce ${steps} steps (${duration(performance.now() - begun)})`,
    );
    if (differing === 0) out.line('Every row is what the events say.');
    for (const { table, key, says } of differences) out.line(`  ${table} ${oneLine(key)} ${says}`);
    if (differing > differences.length) out.line(`  and ${differing - differences.length} more`);
    const isStep = differences.some((it) => it.table === 'step');
    if (differing > 0 && write) out.line('Heads and traces are replaced.');
    if (differing > 0 && !write) out.line('hive rebuild --write replaces heads and traces, while Hive is stopped.');
    if (isStep) out.line('Steps are never replaced: who holds one and when it is due is not told by events.');
    return differing > 0 && (!write || isStep) ? 1 : 0;
  },
});
