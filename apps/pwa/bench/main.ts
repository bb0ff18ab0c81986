// `npx nx bench pwa [-- NAME …]`: every budget of the control room, measured on the built app by the real server in a real Chromium.
import { parseArgs } from 'node:util';
import { loadavg } from 'node:os';
import { asRows } from './size.ts';
import { tellRow, type Row } from './rows.ts';

/** What is measured, in the order in which it is: short and quiet first. */
const measurements: Readonly<Record<string, () => Promise<readonly Row[]>>> = {
  size: async () => asRows(await (await import('./size.ts')).measureSize()),
  screens: async () => (await import('./screens.ts')).measureScreens(),
  interaction: async () => (await import('./interaction.ts')).measureInteraction(),
  approvals: async () => (await import('./approvals.ts')).measureApprovals(),
  offline: async () => (await import('./offline.ts')).measureOffline(),
  trace: async () => (await import('./trace.ts')).measureTrace(),
  live: async () => (await import('./live.ts')).measureLive(),
  lighthouse: async () => (await import('./lighthouse.ts')).measureLighthouse(),
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
  for (const row of await measure()) {
    if (row.holds === false) broken += 1;
    console.log(tellRow(row));
  }
}
console.log(broken === 0 ? '\nEvery budget is kept.' : `\n${broken} budgets are not kept.`);
