// Compares the routing of the pool with round robin and least connections on a virtual clock:
//   node packages/ollama-bridge/bench/simulate.ts [--seeds 20] [--calls 2000] [--share 0.7] [--same]
//   node packages/ollama-bridge/bench/simulate.ts --load FILE     boxes, models and calls as JSON: see src/simulation/load.ts
//   node packages/ollama-bridge/bench/simulate.ts --events FILE   what `hive events --type model.called --json` printed
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { compare, compareSeeds, type Figures } from '../src/simulation/compare.ts';
import { Load } from '../src/simulation/load.ts';
import { recordedLoad, type RecordedCall } from '../src/simulation/recorded-load.ts';

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '20' },
    calls: { type: 'string', default: '2000' },
    share: { type: 'string', default: '0.7' },
    same: { type: 'boolean', default: false },
    load: { type: 'string' },
    events: { type: 'string' },
  },
});

const eventsOf = (text: string): RecordedCall[] => {
  const whole = text.trim();
  if (whole.startsWith('{"items"')) return (JSON.parse(whole) as { items: RecordedCall[] }).items;
  return whole.split('\n').map((line) => JSON.parse(line) as RecordedCall); // one object a line
};

const figures = (): Readonly<Record<string, Figures>> => {
  if (values.load) return compare(Load.parse(JSON.parse(readFileSync(values.load, 'utf8'))));
  if (values.events)
    return compare(recordedLoad(eventsOf(readFileSync(values.events, 'utf8')), { sizes: {}, memory: {} }));
  return compareSeeds(Number(values.seeds), {
    calls: Number(values.calls),
    share: Number(values.share),
    same: values.same,
  });
};

const rows = figures();
const columns = ['p50', 'p95', 'longestWait', 'medianWait', 'loads'] as const;
const line = (cells: readonly string[]) =>
  `${cells.map((cell, n) => (n === 0 ? cell.padEnd(18) : cell.padStart(12))).join('')}\n`;
process.stdout.write(line(['seconds', ...columns]));
for (const [name, row] of Object.entries(rows))
  process.stdout.write(line([name, ...columns.map((column) => row[column].toFixed(column === 'loads' ? 0 : 1))]));
const better = Math.min(rows['roundRobin']?.p95 ?? 0, rows['leastConnections']?.p95 ?? 0);
process.stdout.write(
  `p95 of hive is ${((rows['hive']?.p95 ?? 0) / better).toFixed(2)} of the better of the other two\n`,
);
