// `npx nx bench pwa [-- NAME …]`: every budget of the control room, measured on the built app by the real server in a real Chromium.
import { parseArgs } from 'node:util';
import { loadavg } from 'node:os';
import { asRows } from './size.ts';
import { tellRow, type Row } from './rows.ts';

/** What is measured, in the order in which it is: short and quiet first. */
const measurements: Readonly<Record<string, (found: (row: Row) => void) => Promise<unknown>>> = {
  size: async (found) => asRows(await (await import('./size.ts')).measureSize()).forEach(found),
  screens: async (found) => (await (await import('./screens.ts')).measureScreens()).forEach(found),
  interaction: async (found) => (await (await import('./interaction.ts')).measureInteraction()).forEach(found),
  approvals: async (found) => (await (await import('./approvals.ts')).measureApprovals()).forEach(found),
  offline: async (found) => (await (await import('./offline.ts')).measureOffline()).forEach(found),
  trace: async (found) => (await import('./trace.ts')).measureTrace(undefined, found),
  live: async (found) => (await import('./live.ts')).measureLive(found),
  lighthouse: async (found) => (await import('./lighthouse.ts')).measureLighthouse(undefined, { found }),
};

const { positionals } = parseArgs({ allowPositionals: true });
const unknown = positionals.filter((name) => !(name in measurements));
if (unknown.length > 0) {
  console.error(`There is no measurement ${unknown.join(', ')}; there are ${Object.keys(measurements).join(', ')}`);
  process.exit(2);
}

let broken = 0;
for (const [name, measure] of Object.entries(measurements)) {
  if (positionals.length > 0 && !positionals.includes(name)) continue;
  console.log(`\n${name} (load of the machine ${loadavg()[0]?.toFixed(1)})`);
  // Told as it comes: what takes a quarter of an hour may break off.
  await measure((row) => {
    if (row.holds === false) broken += 1;
    console.log(tellRow(row));
  });
}
console.log(broken === 0 ? '\nEvery budget is kept.' : `\n${broken} budgets are not kept.`);
