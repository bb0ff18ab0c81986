import { createHash } from 'node:crypto';
import { startAgentOn, type Agent, type Context, type Running } from '@hive/agent-kit';
import { createMemory, type Memory } from '@hive/core-db/memory';
import { createWorker, queen } from './agents.ts';
import { createBranches } from './branches.ts';
import { createChance } from './chance.ts';
import { violationsIn } from './check.ts';
import { faultsOf, processNames, type Fault, type ProcessName } from './faults.ts';
import { createPerson } from './person.ts';
import { beginLife, createIds, epochMs, type Life, type Mishap, type World } from './process.ts';
import { createTime } from './time.ts';
import { workflowsOf } from './workflows.ts';

/** `safety`: faults come to the end, and nothing may break. `liveness`: they stop, and then everything has to come to its end. */
export type Kind = 'safety' | 'liveness';

export type Told = {
  readonly seed: number;
  readonly kind: Kind;
  readonly faults: readonly Fault[];
  readonly violations: readonly string[];
  /** Of everything that was recorded, and of how it stood in the end. */
  readonly hash: string;
  /** Claims that were lost, and starts of processes beyond the first. */
  readonly interrupted: number;
  readonly events: number;
  readonly turns: number;
  readonly ms: number;
  readonly memory: Memory;
};

export type RunOptions = {
  /** Which faults of the seed are left out. */
  readonly without?: readonly number[];
  /** Makes the store worse, to see that it is noticed. */
  readonly worsen?: (memory: Memory) => void;
};

const leaseMs = 1_500;
const faultsMs: Record<Kind, number> = { safety: 6_000, liveness: 4_000 };
/** maxAttempts x (deadline + longest backoff) + lease, for the step that may be tried most often. */
const settleMs = 5 * (2_000 + 16_000) + leaseMs;

const config = { home: '/none', testing: { leaseMs } } as unknown as Context['config']; // the only parts that are read here
const silent = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} } as unknown as Context['log'];

/** One small world from its beginning to its end. Must be called from a timer or an event, see `settle`. */
export const runSeed = (seed: number, { without = [], worsen }: RunOptions = {}): Told => {
  const kind: Kind = seed % 2 === 0 ? 'safety' : 'liveness';
  const withinMs = faultsMs[kind];
  const faults = faultsOf(seed, withinMs, leaseMs).filter((_, n) => !without.includes(n));
  const chance = createChance(seed);
  const time = createTime();
  const ids = createIds();
  const memory = createMemory({ now: () => epochMs + time.now(), deliver: (heard) => deliver(heard) });
  worsen?.(memory);
  const world: World = { time, chance, memory, newId: ids };
  const stopped: string[] = [];
  const isOn = (): boolean => time.now() <= withinMs;
  const during = (...kinds: readonly Fault['kind'][]) =>
    faults.find(
      (it) =>
        kinds.includes(it.kind) && 'ms' in it && 'atMs' in it && time.now() >= it.atMs && time.now() < it.atMs + it.ms,
    );

  const deliver = (heard: () => void): void => {
    const bad = isOn() ? during('rings') : undefined;
    const way = bad?.kind === 'rings' && chance.next() < 0.7 ? bad.way : null;
    if (way === 'lost') return;
    for (let n = way === 'doubled' ? 3 : 1; n > 0; n--) time.after(chance.next() * (way === 'late' ? 400 : 2), heard);
  };

  const workflows = workflowsOf(chance, () => ids(epochMs));
  const plans = new Map(
    [...workflows.values()].map((it) => [it.hash, Buffer.from(JSON.stringify({ version: 1, tasks: it.tasks }))]),
  );
  const artefacts: Context['artefacts'] = {
    put: () => Promise.reject(new Error('nothing is stored here')),
    get: (hash) => Promise.resolve(plans.get(hash) ?? Buffer.from('')),
  };
  const branches = createBranches();
  const worker = createWorker({
    chance,
    branches,
    workflows,
    faultOf: (handling) =>
      isOn()
        ? (faults.find((it) => (it.kind === 'slow' || it.kind === 'fails') && it.handling === handling) as never)
        : undefined,
  });

  const processes = new Map<ProcessName, { life: Life | null; calls: number; skewMs: number; lives: number }>(
    processNames.map((name) => [name, { life: null, calls: 0, skewMs: 0, lives: 0 }]),
  );
  const begin = <S>(name: ProcessName, agent: Agent<S>): void => {
    const kept = processes.get(name);
    if (!kept) return;
    const again = () => void time.after(50 + chance.next() * 500, () => begin(name, agent));
    const mishapOf = (isChange: boolean): Mishap => {
      kept.calls += 1;
      if (!isOn()) return null;
      const own = faults.find(
        (it) => (it.kind === 'crash' || it.kind === 'error') && it.process === name && it.call === kept.calls,
      );
      if (own?.kind === 'crash') return { what: 'crash', after: own.after };
      if (own?.kind === 'error') return { what: 'unavailable', after: own.after };
      const wide = during('away', 'full');
      if (wide?.kind === 'away') return { what: 'unavailable', after: false };
      return wide && isChange ? { what: 'full', after: false } : null;
    };
    const life = beginLife(world, { mishapOf, skewMs: () => kept.skewMs, onCrash: again });
    kept.life = life;
    kept.lives += 1;
    const end = (error: unknown): void => {
      // A process that cannot go on ends, and its supervisor starts it again.
      if (!(error instanceof Error) || !('remedy' in error))
        stopped.push(`${name} ended: ${String((error as Error).stack)}`);
      if (!life.isAlive()) return;
      life.kill();
      again();
    };
    startAgentOn(life.store, agent, { config, name, log: silent }, { around: life.around, artefacts }).then(
      (running: Running) => void running.done.catch(end),
      end,
    );
  };
  const beginAll = (): void => {
    begin('queen', queen);
    begin('worker-1', worker);
    begin('worker-2', worker);
  };
  beginAll();

  const all = [...workflows.values()];
  const desk = beginLife(world, {
    mishapOf: () => (isOn() && during('away') ? { what: 'unavailable', after: chance.next() < 0.5 } : null),
    skewMs: () => 0,
    onCrash: () => undefined,
  });
  const person = createPerson(desk);
  for (const workflow of all) time.after(chance.next() * 50, () => person.handIn(workflow));
  for (const fault of faults) {
    if (!('atMs' in fault)) continue;
    time.after(fault.atMs, () => {
      const kept = 'process' in fault ? processes.get(fault.process) : undefined;
      if (fault.kind === 'ask') person.ask(fault.what, chance.pick(all));
      if (fault.kind === 'clock' && kept) kept.skewMs += fault.byMs;
      if (fault.kind === 'pause') kept?.life?.pause(fault.ms);
      const struck = fault.kind === 'kill' ? [fault.process] : fault.kind === 'restart' ? processNames : [];
      for (const name of struck) {
        const life = processes.get(name)?.life;
        if (!life?.isAlive()) continue;
        life.kill();
        time.after(50 + chance.next() * 500, () => (name === 'queen' ? begin(name, queen) : begin(name, worker)));
      }
    });
  }

  const isOver = settledWatch(memory, [...workflows.keys()], time.now);
  const lastMs = kind === 'liveness' ? withinMs + settleMs : withinMs;
  const turns = time.run(lastMs, isOver);
  const violations = [
    ...stopped,
    ...violationsIn(memory, { acknowledged: person.acknowledged, moves: branches.moves }),
    ...(kind === 'liveness' && !isOver()
      ? [`2: not over ${settleMs} ms after the last fault: ${leftOver(memory)}`]
      : []),
  ];
  const log = memory.tables.events;
  return {
    seed,
    kind,
    faults,
    violations,
    hash: hashOf(memory, time.now()),
    interrupted:
      log.filter((it) => it.type === 'task.lease_expired').length +
      [...processes.values()].reduce((sum, it) => sum + it.lives - 1, 0),
    events: log.length,
    turns,
    ms: time.now(),
    memory,
  };
};

/** Everything has come to its end and stays there: all workflows are settled, and no step is open. */
const settledWatch = (memory: Memory, workflows: readonly string[], now: () => number): (() => boolean) => {
  const { heads, stepsIn } = memory.tables;
  const settled = ['completed', 'failed', 'cancelled'];
  const isSettled = (): boolean =>
    stepsIn.ready.size + stepsIn.claimed.size + stepsIn.scheduled.size + stepsIn.paused.size === 0 &&
    workflows.every((id) => settled.includes(heads.get(`workflow/${id}`)?.state ?? '')) &&
    [...heads.values()].every((it) => it.kind !== 'task' || !openStates.has(it.state));
  let since = -1;
  let looked = -1;
  return () => {
    if (now() - looked < quietMs / 10) return since >= 0 && now() - since >= quietMs;
    looked = now();
    if (!isSettled()) since = -1;
    else if (since < 0) since = now();
    return since >= 0 && now() - since >= quietMs;
  };
};

const quietMs = 100;
const openStates = new Set(['pending', 'ready', 'working', 'submitted', 'checked', 'reviewed', 'waiting']);

const leftOver = ({ tables }: Memory): string =>
  [
    ...[...tables.heads.values()]
      .filter((it) => it.kind === 'workflow' || it.kind === 'task')
      .map((it) => `${it.stream.slice(-12)} ${it.state}`),
    ...[...tables.steps.values()]
      .filter((it) => it.state !== 'done' && it.state !== 'cancelled')
      .map((it) => `step ${it.kind} ${it.state}`),
  ].join(', ');

/** The host and the number of this process are no part of the trace. */
const hashOf = ({ tables }: Memory, ms: number): string => {
  const hash = createHash('sha256');
  for (const event of tables.events)
    hash.update(JSON.stringify(event.type === 'agent.registered' ? { ...event, data: null } : event));
  for (const step of tables.steps.values()) hash.update(JSON.stringify(step));
  return hash.update(String(ms)).digest('hex');
};
