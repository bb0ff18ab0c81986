import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { measureClient, type Compared } from './measure-client.ts';

/** Targets: overhead of the bridge in throughput, what it adds to the first token, growth and size of its memory in MiB. */
const targets = { ratio: 0.95, addedP95: 2, growth: 2, per100Streams: 5 };

/** The command line of a bridge's bench: measures, prints and, with `--strict`, judges. */
export const benchClient = async (name: string, compared: Compared): Promise<void> => {
  const number = (otherwise: string) => ({ type: 'string', default: otherwise }) as const;
  const { values } = parseArgs({
    options: {
      calls: number('2000'),
      rounds: number('5'),
      concurrency: number('200'),
      'memory-calls': number('10000'),
      strict: { type: 'boolean', default: false },
    },
  });
  const { throughput, firstToken, memory } = await measureClient(compared, {
    calls: Number(values.calls),
    rounds: Number(values.rounds),
    concurrency: Number(values.concurrency),
    memoryCalls: Number(values['memory-calls']),
  });
  const rows = [
    {
      what: 'throughput, bridge : client',
      figure: `${throughput.ratio.toFixed(3)} (${throughput.callsPerS.bridge.toFixed(0)} : ${throughput.callsPerS.bare.toFixed(0)} calls/s, CPU ${throughput.cpuRatio.toFixed(3)})`,
      good: throughput.ratio >= targets.ratio,
    },
    {
      what: 'added to the first token, p95',
      figure: `${firstToken.addedP95.toFixed(2)} ms (${firstToken.p95.bridge.toFixed(1)} : ${firstToken.p95.bare.toFixed(1)} ms)`,
      good: firstToken.addedP95 <= targets.addedP95,
    },
    {
      what: `growth of the heap over ${values['memory-calls']} calls`,
      figure: `${memory.growth.toFixed(2)} MiB (${memory.at.map((mib) => mib.toFixed(1)).join(', ')})`,
      good: memory.growth <= targets.growth,
    },
    {
      what: 'heap of 100 open streams',
      figure: `${memory.per100Streams.toFixed(2)} MiB`,
      good: memory.per100Streams < targets.per100Streams,
    },
  ];
  console.log(`${name}: ${values.concurrency} calls at once, ${process.version}, ${cpus().length} cores`);
  for (const { what, figure, good } of rows) console.log(`${good ? '✔' : '✖'} ${what}: ${figure}`);
  if (values.strict && rows.some(({ good }) => !good)) process.exitCode = 1;
};
