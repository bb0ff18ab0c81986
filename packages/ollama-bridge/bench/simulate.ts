// Compares the routing of the pool with round robin and least connections on a virtual clock, on made-up loads or a recorded one:
//   node packages/ollama-bridge/bench/simulate.ts [--seeds 20] [--calls 2000] [--share 0.7] [--same]
//   node packages/ollama-bridge/bench/simulate.ts --load FILE     boxes, models and calls as JSON: see src/simulation/load.ts
//   node packages/ollama-bridge/bench/simulate.ts --events FILE [--boxes FILE] [--faster 10]
//     --events: a saved trace, `hive trace ID --json` or `hive events --type model.called --after 0 --limit 10000 --json`
//     --boxes: what `hive boxes --json` prints; without it sizes and memory are guessed, and a box has only the models that it answered with
//     --faster: the same calls in a tenth of the time, as more people would ask them
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { isHiveError } from '@hive/errors';
import { compare, compareSeeds, type Figures } from '../src/simulation/compare.ts';
import { Load } from '../src/simulation/load.ts';
import { boxesIn, callsIn } from '../src/simulation/read-recording.ts';
import { recordedLoad } from '../src/simulation/recorded-load.ts';

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '20' },
    calls: { type: 'string', default: '2000' },
    share: { type: 'string', default: '0.7' },
    same: { type: 'boolean', default: false },
    load: { type: 'string' },
    events: { type: 'string' },
    boxes: { type: 'string' },
    faster: { type: 'string', default: '1' },
  },
});

const read = (file: string): string => readFileSync(file, 'utf8');

const recorded = (file: string): Load => {
  const load = recordedLoad(callsIn(read(file)), values.boxes ? boxesIn(read(values.boxes)) : []);
  const lasts = load.calls.at(-1)?.at ?? 0;
  process.stdout.write(
    `${load.calls.length} calls of ${load.models.length} models on ${load.boxes.length} boxes in ${lasts.toFixed(0)} s\n`,
  );
  return { ...load, calls: load.calls.map((call) => ({ ...call, at: call.at / Number(values.faster) })) };
};

const figures = (): Readonly<Record<string, Figures>> => {
  if (values.load) return compare(Load.parse(JSON.parse(read(values.load))));
  if (values.events) return compare(recorded(values.events));
  return compareSeeds(Number(values.seeds), {
    calls: Number(values.calls),
    share: Number(values.share),
    same: values.same,
  });
};

const rowsOrWhy = (): Readonly<Record<string, Figures>> => {
  try {
    return figures();
  } catch (error) {
    if (!isHiveError(error)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exit(2);
  }
};

const rows = rowsOrWhy();
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
