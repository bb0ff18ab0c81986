import { setTimeout as sleep } from 'node:timers/promises';
import { clock, until } from '../clock.ts';
import { contenderOf, peers } from '../contenders.ts';
import { taskOf, tasksFrom, type Contender, type Mode, type Place, type Task, type Worker } from '../contender.ts';
import { startWorker } from '../processes.ts';
import type { Figures, Row, Scale } from '../row.ts';
import { percentile } from '../statistics.ts';
import { withFollower } from '../with-follower.ts';

const warmUps = 20;
const waitMs = 60_000;
const perSecond = 200;

type Started = {
  /** When the handler of a task was entered. */
  readonly at: (n: number) => number | undefined;
  readonly hear: (n: number, at: number) => void;
  /** Resolves when so many different tasks were started. */
  readonly all: (count: number) => Promise<void>;
};

const startedTasks = (): Started => {
  const times = new Map<number, number>();
  return {
    at: (n) => times.get(n),
    hear: (n, at) => void (times.has(n) || times.set(n, at)),
    all: async (count) => {
      for (const endsAt = clock() + waitMs; times.size < count; await sleep(5))
        if (clock() > endsAt) throw new Error(`${times.size} of ${count} tasks were started`);
    },
  };
};

/** A worker in a process of its own, or in this one: then the enqueuing process may hand a task over without the database's doorbell. */
const workerOf = async (contender: Contender, place: Place, mode: Mode, started: Started, where: 'here' | 'apart') => {
  if (where === 'here') return contender.work(place, mode, (n) => started.hear(n, clock()));
  const worker = await startWorker({ role: 'work', contender: contender.name, place, mode, tells: 'each' });
  worker.hears((word) => word.is === 'started' && started.hear(word.n, word.at));
  return worker;
};

type Latencies = { readonly fromCall: number[]; readonly fromAck: number[] };

/** One task at a time, after a random pause of 20 to 60 ms. */
const oneByOne = async (enqueue: Worker['enqueue'], started: Started, samples: number): Promise<Latencies> => {
  const sent: { n: number; called: number; acknowledged: number }[] = [];
  for (let n = 0; n < warmUps + samples; n++) {
    await sleep(20 + Math.random() * 40);
    const called = clock();
    await enqueue(taskOf(n));
    sent.push({ n, called, acknowledged: clock() });
    await started.all(n + 1);
  }
  const measured = sent.slice(warmUps);
  return {
    fromCall: measured.map(({ n, called }) => (started.at(n) ?? NaN) - called),
    fromAck: measured.map(({ n, acknowledged }) => (started.at(n) ?? NaN) - acknowledged),
  };
};

/** At random times (Poisson), whether or not earlier tasks have started; from the moment at which a task was to be sent. */
const openLoop = async (enqueue: Worker['enqueue'], started: Started, seconds: number): Promise<Latencies> => {
  const scheduled: number[] = [];
  const began = clock() + 200;
  for (let at = began; at < began + seconds * 1000; at -= (Math.log(1 - Math.random()) * 1000) / perSecond)
    scheduled.push(at);
  const sending: Promise<void>[] = [];
  for (const [i, at] of scheduled.entries()) {
    if (at > clock()) await until(at);
    sending.push(enqueue(taskOf(warmUps + i)));
  }
  await Promise.all(sending);
  await started.all(warmUps + scheduled.length);
  return { fromCall: scheduled.map((at, i) => (started.at(warmUps + i) ?? NaN) - at), fromAck: [] };
};

const measure = async (
  variant: string,
  place: Place,
  mode: 'idle' | 'loaded',
  where: 'here' | 'apart',
  scale: { readonly samples: number; readonly seconds: number },
): Promise<Figures> => {
  const contender = await contenderOf(variant);
  await contender.setup(place, mode);
  const client = await contender.open(place);
  const tasks = warmUps + Math.max(scale.samples, scale.seconds * perSecond * 2);
  return withFollower(variant, place, async (settled) => {
    for (let first = 0; first < tasks; first += 1000)
      await client.prepare(tasksFrom(first, Math.min(1000, tasks - first)));
    await settled();
    const started = startedTasks();
    const worker = await workerOf(contender, place, mode, started, where);
    // Whoever has a worker in its process calls that one.
    const call = 'enqueue' in worker ? worker.enqueue : (task: Task) => client.enqueue([task]);
    if (mode === 'loaded') await oneByOne(call, started, 0);
    const { fromCall, fromAck } =
      mode === 'idle' ? await oneByOne(call, started, scale.samples) : await openLoop(call, started, scale.seconds);
    await worker.stop();
    await client.close();
    return {
      p50: percentile(fromCall, 0.5),
      ...(mode === 'loaded' && { p95: percentile(fromCall, 0.95) }),
      p99: percentile(fromCall, 0.99),
      max: Math.max(...fromCall),
      ...(mode === 'idle' && { ackP50: percentile(fromAck, 0.5), ackP99: percentile(fromAck, 0.99) }),
    };
  });
};

// From the call, and from its acknowledgement, to the first line of the handler.
const idleUnits = { p50: 'ms', p99: 'ms', max: 'ms', ackP50: 'ms', ackP99: 'ms' };
const variants = ['hive', ...peers];
const idle =
  (where: 'here' | 'apart') =>
  (variant: string, place: Place, { quick }: Scale) =>
    measure(variant, place, 'idle', where, { samples: quick ? 40 : 400, seconds: 0 });

const loaded = (where: 'here' | 'apart'): Omit<Row, 'name' | 'about'> => ({
  database: 'postgres',
  variants,
  units: { p50: 'ms', p95: 'ms', p99: 'ms', max: 'ms' },
  limitMs: 600_000,
  targets: [
    { figure: 'p50', of: 'hive', against: peers, atMost: 0.6 },
    { figure: 'p95', of: 'hive', against: peers, atMost: 0.6 },
    { figure: 'p99', of: 'hive', against: peers, atMost: 0.8 },
    { figure: 'max', of: 'hive', atMost: 500 },
  ],
  measure: (variant, place, { quick }) =>
    measure(variant, place, 'loaded', where, { samples: 0, seconds: quick ? 2 : 10 }),
});

export const latencyRows: readonly Row[] = [
  {
    name: 'idle',
    about:
      'one task at a time to an idle worker in another process, from the call (ack: from its acknowledgement) to the first line of the handler',
    database: 'postgres',
    variants,
    units: idleUnits,
    limitMs: 600_000,
    targets: [
      { figure: 'p50', of: 'hive', against: peers, atMost: 0.65 },
      { figure: 'p99', of: 'hive', against: peers, atMost: 0.8, stretch: 0.6 },
    ],
    measure: idle('apart'),
  },
  {
    name: 'idle-local',
    about: 'the same with the worker in the enqueuing process',
    database: 'postgres',
    variants,
    units: idleUnits,
    limitMs: 600_000,
    targets: [
      { figure: 'p50', of: 'hive', against: peers, atMost: 0.65 },
      { figure: 'p99', of: 'hive', against: peers, atMost: 0.8, stretch: 0.6 },
    ],
    measure: idle('here'),
  },
  {
    name: 'loaded',
    about: '200 tasks a second at random times, from the moment at which each was to be sent',
    ...loaded('apart'),
  },
  {
    name: 'loaded-local',
    about: 'the same with the worker in the enqueuing process',
    ...loaded('here'),
  },
];
