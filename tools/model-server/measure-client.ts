import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Scenario } from './scenario.ts';

/** One streamed call: tells when the first piece came, and resolves with the number of pieces. */
export type StreamedCall = (url: string, onFirst: () => void) => Promise<number>;

/** Who is compared: the bridge, and the vendor's client alone. */
export type Compared = { readonly bridge: StreamedCall; readonly bare: StreamedCall };

/** What was measured. Times in milliseconds, sizes in MiB, ratios of the bridge to the client alone. */
export type ClientMeasures = {
  readonly throughput: { readonly ratio: number; readonly cpuRatio: number; readonly callsPerS: Pair };
  readonly firstToken: { readonly p95: Pair; readonly addedP95: number };
  readonly memory: { readonly at: readonly number[]; readonly growth: number; readonly per100Streams: number };
};
type Pair = { readonly bridge: number; readonly bare: number };

const reply = { text: 'word '.repeat(60), chunks: 60 };
const scenarioOf = (pace?: { firstMs: number; pieceMs: number }): Scenario => ({
  name: 'bench',
  rules: [{ reply: { ...reply, ...(pace ? { pace } : {}) } }],
});

/** Runs the comparison against doubles in processes of their own. `rounds` alternate, and the median of their ratios counts. */
export const measureClient = async (
  compared: Compared,
  {
    calls,
    rounds,
    concurrency,
    memoryCalls,
  }: { calls: number; rounds: number; concurrency: number; memoryCalls: number },
): Promise<ClientMeasures> => {
  const fast = await startDouble(scenarioOf());
  const paced = await startDouble(scenarioOf({ firstMs: 200, pieceMs: 50 }));
  try {
    await drive(compared.bare, fast.url, { calls: 400, concurrency });
    await drive(compared.bridge, fast.url, { calls: 400, concurrency });
    const fastRounds = await alternate(compared, fast.url, { calls, concurrency, rounds });
    const slowRounds = await alternate(compared, paced.url, { calls: concurrency * 2, concurrency, rounds });
    const of = (all: readonly { bridge: Driven; bare: Driven }[], value: (driven: Driven) => number): Pair => ({
      bridge: median(all.map(({ bridge }) => value(bridge))),
      bare: median(all.map(({ bare }) => value(bare))),
    });
    const added = slowRounds.map(({ bridge, bare }) => bridge.firstP95 - bare.firstP95);
    return {
      throughput: {
        ratio: median(fastRounds.map(({ bridge, bare }) => bridge.callsPerS / bare.callsPerS)),
        cpuRatio: median(fastRounds.map(({ bridge, bare }) => bridge.cpuMs / bare.cpuMs)),
        callsPerS: of(fastRounds, ({ callsPerS }) => callsPerS),
      },
      firstToken: { p95: of(slowRounds, ({ firstP95 }) => firstP95), addedP95: median(added) },
      memory: await memoryOf(compared.bridge, { fast: fast.url, paced: paced.url, concurrency, memoryCalls }),
    };
  } finally {
    await fast.stop();
    await paced.stop();
  }
};

type Driven = { readonly callsPerS: number; readonly cpuMs: number; readonly firstP95: number };

const alternate = async (
  { bridge, bare }: Compared,
  url: string,
  { rounds, ...how }: { calls: number; concurrency: number; rounds: number },
) => {
  const all: { bridge: Driven; bare: Driven }[] = [];
  for (let round = 0; round < rounds; round += 1) {
    // Who goes first takes turns, because a machine gets warmer and busier.
    const first = await drive(round % 2 === 0 ? bridge : bare, url, how);
    const second = await drive(round % 2 === 0 ? bare : bridge, url, how);
    all.push(round % 2 === 0 ? { bridge: first, bare: second } : { bridge: second, bare: first });
  }
  return all;
};

/** So many calls, so many at once. */
const drive = async (
  call: StreamedCall,
  url: string,
  { calls, concurrency }: { calls: number; concurrency: number },
): Promise<Driven> => {
  const firsts: number[] = [];
  let begun = 0;
  const worker = async () => {
    while (begun++ < calls) {
      const at = performance.now();
      const pieces = await call(url, () => firsts.push(performance.now() - at));
      if (pieces !== reply.chunks) throw new Error(`${pieces} pieces came of ${reply.chunks}`);
    }
  };
  const cpu = process.cpuUsage();
  const at = performance.now();
  await Promise.all(Array.from({ length: concurrency }, worker));
  const seconds = (performance.now() - at) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  return { callsPerS: calls / seconds, cpuMs: (user + system) / 1000, firstP95: percentile(firsts, 0.95) };
};

const memoryOf = async (
  call: StreamedCall,
  { fast, paced, concurrency, memoryCalls }: { fast: string; paced: string; concurrency: number; memoryCalls: number },
): Promise<ClientMeasures['memory']> => {
  const { gc } = globalThis;
  if (!gc) throw new Error('node --expose-gc is needed to measure memory');
  const used = () => {
    void gc();
    return process.memoryUsage().heapUsed / 2 ** 20;
  };
  const at: number[] = [];
  for (let part = 0; part < 5; part += 1) {
    await drive(call, fast, { calls: memoryCalls / 5, concurrency: Math.min(concurrency, 50) });
    at.push(used());
  }
  const before = used();
  let open = 0;
  let during = Number.NaN;
  const many = Array.from({ length: concurrency }, () =>
    call(paced, () => {
      open += 1;
      if (open === concurrency) during = used();
    }),
  );
  await Promise.all(many);
  return { at, growth: (at.at(-1) ?? 0) - (at[0] ?? 0), per100Streams: ((during - before) / concurrency) * 100 };
};

const startDouble = async (scenario: Scenario) => {
  const folder = await mkdtemp(join(tmpdir(), 'hive-bench-'));
  const file = join(folder, 'scenario.json');
  await writeFile(file, JSON.stringify(scenario));
  const child = spawn(process.execPath, [join(import.meta.dirname, 'main.ts'), '--scenario', file, '--quiet'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const { url } = JSON.parse(String((await lines.next()).value)) as { url: string };
  const stop = async () => {
    child.kill('SIGTERM');
    await once(child, 'exit');
    await rm(folder, { recursive: true });
  };
  return { url, stop };
};

const percentile = (values: readonly number[], share: number): number =>
  values.toSorted((a, b) => a - b)[Math.max(0, Math.ceil(values.length * share) - 1)] ?? Number.NaN;
const median = (values: readonly number[]): number => percentile(values, 0.5);
