import { createHash } from 'node:crypto';
import type { Context } from '@hive/agent-kit';
import { createMemory, type Memory } from '@hive/core-db/memory';
import { createWorker, queen } from './agents.ts';
import { createBranches, createGit } from './branches.ts';
import { createChance } from './chance.ts';
import { violationsIn } from './check.ts';
import { faultsOf, type Fault, type ProcessName } from './faults.ts';
import { createPerson } from './person.ts';
import { beginLife, createIds, epochMs, type Mishap, type World } from './process.ts';
import { starting, startProcesses } from './processes.ts';
import { createSettledWatch, leftOver } from './settled.ts';
import { createTime } from './time.ts';
import { workflowsOf } from './workflows.ts';

/** `safety`: faults come to the end, and nothing may break. `liveness`: they stop, and then everything has to come to its end. */
export type Kind = 'safety' | 'liveness';

/** What came of one small world. */
export type Told = {
  readonly seed: number;
  readonly kind: Kind;
  readonly faults: readonly Fault[];
  readonly violations: readonly string[];
  /** Of everything that was recorded, and of how it stood in the end. */
  readonly hash: () => string;
  /** Claims that were lost, and starts of processes beyond the first. */
  readonly interrupted: number;
  readonly turns: number;
  readonly ms: number;
  readonly memory: Memory;
};

const leaseMs = 1_500;
const faultsMs: Readonly<Record<Kind, number>> = { safety: 6_000, liveness: 4_000 };
/** maxAttempts x (deadline + longest backoff) + lease, for the step that may be tried most often. */
const settleMs = 5 * (2_000 + 16_000) + leaseMs;

/** One small world from its beginning to its end. `without` names faults that are left out. Must be called from a timer or an event, see `settle`. */
export const runSeed = (seed: number, without: readonly number[] = []): Told => {
  const kind: Kind = seed % 2 === 0 ? 'safety' : 'liveness';
  const withinMs = faultsMs[kind];
  const faults = faultsOf(seed, withinMs, leaseMs).filter((_, n) => !without.includes(n));
  const chance = createChance(seed);
  const time = createTime();
  const newId = createIds();
  const isOn = (): boolean => time.now() <= withinMs;
  const during = (...kinds: readonly Fault['kind'][]): Fault | undefined =>
    isOn() ? faults.find((it) => kinds.includes(it.kind) && isAt(it, time.now())) : undefined;

  const deliver = (heard: () => void): void => {
    const bad = during('rings');
    const way = bad?.kind === 'rings' && chance.next() < 0.7 ? bad.way : null;
    if (way === 'lost') return;
    for (let n = way === 'doubled' ? 3 : 1; n > 0; n--) time.after(chance.next() * (way === 'late' ? 400 : 1), heard);
  };
  const memory = createMemory({ now: () => epochMs + time.now(), deliver });
  const world: World = { time, chance, memory, newId };

  const workflows = workflowsOf(chance, () => newId(epochMs));
  const all = [...workflows.values()];
  const branches = createBranches();
  const worker = createWorker({
    chance,
    branches,
    git: createGit(time, chance, (command) => {
      const still = faults.find((it) => isOn() && it.kind === 'git' && it.command === command);
      return still?.kind === 'git' ? still.ms : undefined;
    }),
    workflows,
    faultOf: (handling) =>
      faults.find((it) => isOn() && (it.kind === 'slow' || it.kind === 'fails') && it.handling === handling),
    poison: faults.find((it) => it.kind === 'poison'),
    kill: (name) => processes.kill(name as ProcessName), // agents are named after their processes
  });
  const processes = startProcesses({
    world,
    config: configOf(chance),
    artefacts: artefactsOf(new Map(all.map((it) => [it.hash, JSON.stringify({ version: 1, tasks: it.tasks })]))),
    agents: new Map([
      ['queen', starting(queen)],
      ...(chance.next() < 0.25 ? [['queen-2', starting(queen)] as const] : []),
      ['worker-1', starting(worker)],
      ['worker-2', starting(worker)],
    ]),
    mishapOf: (name, call, isChange) => {
      if (!isOn()) return null;
      const own = faults.find(
        (it) => (it.kind === 'crash' || it.kind === 'error') && it.process === name && it.call === call,
      );
      return own ? mishapIn(own) : mishapAround(during('away', 'full'), isChange);
    },
  });

  const desk = beginLife(world, {
    mishapOf: (isChange) =>
      during('away') || (isOn() && isChange && chance.next() < 0.1)
        ? { what: 'unavailable', after: chance.next() < 0.5 }
        : null,
    skewMs: () => 0,
    onKilled: () => undefined,
  });
  const person = createPerson(desk);
  for (const workflow of all) time.after(chance.next() * 50, () => person.handIn(workflow));
  for (const fault of faults)
    if ('atMs' in fault)
      time.after(fault.atMs, () => {
        if (fault.kind === 'ask') person.ask(fault.what, chance.pick(all));
        if (fault.kind === 'clock') processes.turnClock(fault.process, fault.byMs);
        if (fault.kind === 'pause') processes.pause(fault.process, fault.ms);
        if (fault.kind === 'kill') processes.kill(fault.process);
        if (fault.kind === 'restart') for (const name of everyone) processes.kill(name);
      });

  const isOver = createSettledWatch(memory, [...workflows.keys()], time.now);
  const turns = time.run(kind === 'liveness' ? withinMs + settleMs : withinMs, isOver);
  const stuck = kind === 'liveness' && !isOver();
  const mayLose = faults.some((it) => !harmless.has(it.kind) && !(it.kind === 'poison' && it.how === 'throws'));
  const violations = [
    ...processes.odd,
    ...violationsIn(memory, { ...person, commits: branches.commits, mayLose }),
    ...(stuck ? [`2: not over ${settleMs} ms after the last fault: ${leftOver(memory)}`] : []),
  ];
  const lost = memory.tables.events.filter((it) => it.type === 'task.lease_expired').length;
  return {
    ...{ seed, kind, faults, violations, turns, memory, ms: time.now() },
    hash: () => hashOf(memory, time.now()),
    interrupted: lost + processes.restarts(),
  };
};

const everyone: readonly ProcessName[] = ['queen', 'queen-2', 'worker-1', 'worker-2'];

/** Under these nobody may lose a lease. */
const harmless: ReadonlySet<Fault['kind']> = new Set(['slow', 'fails', 'git', 'rings', 'clock', 'ask']);

const isAt = (fault: Fault, now: number): boolean =>
  'ms' in fault && 'atMs' in fault && now >= fault.atMs && now < fault.atMs + fault.ms;

const mishapIn = (fault: Fault): Mishap =>
  'after' in fault ? { what: fault.kind === 'crash' ? 'crash' : 'unavailable', after: fault.after } : null;

const mishapAround = (fault: Fault | undefined, isChange: boolean): Mishap => {
  if (fault?.kind === 'away') return { what: 'unavailable', after: false };
  return fault && isChange ? { what: 'full', after: false } : null;
};

/** The only parts of the configuration that bus, kit and queen read; some buildings work on one task of a repository at a time. */
const configOf = (chance: { next(): number }): Context['config'] =>
  ({
    home: '/none',
    testing: { leaseMs },
    limits: { repository: chance.next() < 0.2 ? 1 : null, models: {}, boxes: {} },
    models: { planner: [], worker: [], reviewer: [] },
    boxes: [],
    ollama: { url: 'http://127.0.0.1:9', given: false },
    pool: { contexts: {}, idleMs: 25_000 },
    alerts: { cpu: null, memory: null, gpu: null, responseS: null },
  }) as unknown as Context['config'];

const artefactsOf = (plans: ReadonlyMap<string, string>): Context['artefacts'] => ({
  put: () => Promise.reject(new Error('nothing is stored here')),
  get: (hash) => Promise.resolve(Buffer.from(plans.get(hash) ?? '')),
});

/** The host and the number of this process are no part of the trace. */
const hashOf = ({ tables }: Memory, ms: number): string => {
  const hash = createHash('sha256');
  for (const event of tables.events)
    hash.update(JSON.stringify(event.type === 'agent.registered' ? { ...event, data: null } : event));
  for (const step of tables.steps.values()) hash.update(JSON.stringify(step));
  return hash.update(String(ms)).digest('hex');
};
