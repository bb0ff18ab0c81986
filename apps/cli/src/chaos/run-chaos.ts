import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { readRun, readToken, type Env } from '@hive/config';
import type { InvariantReport, Store } from '@hive/core-db';
import { hasCode, isHiveError } from '@hive/errors';
import { createDeskClient, isWorkflowOpen, streams, type Desk, type WorkflowState } from '@hive/events';
import type { FailpointName, Hit } from '@hive/failpoints';
import { audit, type Accepted, type Audit } from './audit.ts';
import { killChildren, wakeWhenTakenOver } from './blows.ts';
import { createHitReader } from './hits.ts';
import { leftBehind, worktreesOf } from './left-behind.ts';
import { createOrders } from './orders.ts';
import { provocationOf, roleOf, type Role } from './places.ts';
import type { Scenario } from './scenario.ts';
import type { Strike } from './strike.ts';
import { chaosFolders, signal, temporaryBuilding } from './temporary-building.ts';

/** What a run is to do. It ends with the first of `strikes` and `until`; what is running then still comes to its end. */
export type ChaosOptions = {
  readonly env: Env;
  /** An empty folder of the caller's. */
  readonly folder: string;
  readonly scenario: Scenario;
  readonly database: string | undefined;
  readonly leaseMs: number;
  readonly strikes: Iterator<Strike, unknown>;
  readonly limit: { readonly strikes: number; readonly endAt: number };
  readonly interrupted: AbortSignal;
  readonly onProgress: (done: number, workflows: number) => void;
};

/** How often a place was struck in a kind of process, and how often it was passed. */
export type PlaceRow = {
  readonly role: Role;
  readonly name: FailpointName;
  readonly struck: number;
  readonly passed: number;
};

/** What came of a run. */
export type ChaosReport = Audit & {
  readonly strikes: readonly Strike[];
  /** Strikes that were carried out, by how. */
  readonly carriedOut: Readonly<Record<Strike['how'], number>>;
  /** Ordered, and not carried out although several workflows went by. */
  readonly missed: readonly Strike[];
  readonly workflows: number;
  readonly stuck: readonly string[];
  readonly leftBehind: readonly string[];
  readonly verify: readonly InvariantReport[];
  readonly places: readonly PlaceRow[];
  readonly ms: number;
};

const tickMs = 20;
const lookMs = 200;
const atOnce = 2;
const quietMs = 60_000;
/** A step may lose five leases before it is given up as one that kills its worker; nobody is struck while one has lost so many. */
const rescuesAllowed = 2;
/** An order that was not carried out while so many workflows went by is given up. */
const patience = 6;

type Pending = { readonly strike: Strike; readonly since: number; isGiven: boolean };

/** Runs a workflow again and again on a building of its own while processes are struck, and looks at what came of it. Ends all that it started. */
export const runChaos = async (options: ChaosOptions): Promise<ChaosReport> => {
  const { folder, scenario, limit } = options;
  const began = Date.now();
  const { home, orders: orderFolder, hits } = chaosFolders(folder);
  await mkdir(home, { recursive: true });
  const building = await temporaryBuilding(options.env, folder, options);
  const orders = createOrders(orderFolder);
  const readHits = createHitReader(hits);
  const { openHiveStore } = await import('../desk/open-store.ts');

  const drawn: Strike[] = [];
  const waiting = new Map<string, Strike[]>();
  const pending = new Map<string, Pending>();
  const missed: Strike[] = [];
  const carriedOut = { kill: 0, group: 0, child: 0, pause: 0 };
  const passed = new Map<string, number>();
  const struck = new Map<string, number>();
  const pids = new Map<string, number>();
  const blows = new Set<Promise<unknown>>();
  const asleep = new Set<string>();
  let supervisorsStruck = 0;
  let store: Store | null = null;

  const accepted: { id: string; repo: string }[] = [];
  const open = new Set<string>();
  const stuck: string[] = [];
  let asked = 0;
  let submitting: Promise<void> | null = null;
  let trouble: unknown = null;

  const isDrawing = () => drawn.length < limit.strikes && Date.now() < limit.endAt && !options.interrupted.aborted;
  const processes = ['hive', 'orchestrator', 'planner', 'worker-1', 'worker-2', 'reviewer', 'event-dashboard'];

  const nextFor = (process: string): Strike | undefined => {
    for (;;) {
      const own = waiting.get(process)?.shift();
      // Far ahead of the others it waits for them: the list stays short, and whoever is rarely struck gets its share.
      if (own || !isDrawing() || drawn.length - done() > 40) return own;
      const next = options.strikes.next();
      if (next.done) return undefined;
      drawn.push(next.value);
      waiting.set(next.value.process, [...(waiting.get(next.value.process) ?? []), next.value]);
    }
  };
  const done = () => carriedOut.kill + carriedOut.group + carriedOut.child + carriedOut.pause + missed.length;
  const isOver = () => !isDrawing() && pending.size === 0 && [...waiting.values()].every((list) => list.length === 0);

  const order = (process: string): void => {
    if (asleep.has(process)) return;
    const known = pending.get(process);
    if (known?.isGiven) return;
    const strike = known?.strike ?? nextFor(process);
    if (!strike) return;
    pending.set(process, { strike, since: known?.since ?? accepted.length - open.size, isGiven: true });
    orders.give(strike);
    const provocation = provocationOf(strike.name);
    const pid = process === 'hive' ? building.pid() : pids.get(process);
    if (provocation !== null && pid != null) signal(pid, provocation);
  };

  const killAll = (): void => {
    supervisorsStruck += 1;
    for (const pid of [...pids.values(), building.pid()]) if (pid !== null) signal(pid, 'SIGKILL');
  };

  const onHit = (hit: Hit): void => {
    const place = `${roleOf(hit.process)} ${hit.name}`;
    passed.set(place, (passed.get(place) ?? 0) + 1);
    pids.set(hit.process, hit.pid);
    const { strike } = (hit.did !== null && pending.get(hit.process)) || {};
    if (!strike) return;
    pending.delete(hit.process);
    struck.set(place, (struck.get(place) ?? 0) + 1);
    carriedOut[strike.how] += 1;
    if (hit.process === 'hive') supervisorsStruck += 1;
    if (strike.how === 'group') killAll();
    if (strike.how === 'child') killChildren(hit.pid);
    if (strike.how === 'pause' && store) {
      asleep.add(hit.process);
      const waking = wakeWhenTakenOver(store, hit.pid).then((taken) => {
        asleep.delete(hit.process);
        blows.delete(waking);
        if (!taken) stuck.push(`nobody took over what ${hit.process} held when it fell asleep at ${hit.name}`);
      });
      blows.add(waking);
    }
  };

  const withdrawAll = (): void => {
    for (const [process, it] of pending) {
      orders.withdraw(process);
      it.isGiven = false;
    }
  };

  const giveUpOld = (): void => {
    for (const [process, { strike, since }] of pending)
      if (accepted.length - open.size - since > patience) {
        orders.withdraw(process);
        pending.delete(process);
        missed.push(strike);
      }
  };

  const submit = async (): Promise<void> => {
    const number = ++asked;
    const repo = join(folder, `repo-${number}`);
    await scenario.makeRepo(repo);
    const { id } = await persistently(
      () => deskOf(home).submit(scenario.request(repo), { key: `chaos-${number}` }),
      options.interrupted,
    );
    accepted.push({ id, repo });
    open.add(id);
  };

  let isGuarded = false;
  let lastEnd = '';
  let movedAt = Date.now();
  const look = async (store: Store): Promise<void> => {
    const steps = await store.steps({ states: ['ready', 'scheduled', 'claimed'], limit: 1000 });
    isGuarded = steps.some((step) => step.rescues > rescuesAllowed);
    if (isGuarded) withdrawAll();
    const { heads } = await store.heads([...open].map((id) => streams.workflow(id)));
    for (const id of open) {
      const state = heads.get(streams.workflow(id))?.state;
      if (state !== undefined && !isWorkflowOpen(state as WorkflowState)) open.delete(id); // a workflow's state is one
    }
    const end = JSON.stringify(await store.end());
    if (end !== lastEnd) movedAt = Date.now();
    lastEnd = end;
    giveUpOld();
  };

  try {
    for (let lookAt = 0; !(isOver() && open.size === 0 && submitting === null); await delay(tickMs)) {
      if (trouble !== null) throw trouble;
      building.assertWell();
      for (const hit of readHits()) onHit(hit);
      const before = supervisorsStruck;
      if (!isGuarded) for (const process of processes) order(process);
      building.keepOpen(() => supervisorsStruck !== before);
      if (store === null && building.pid() !== null) store = await openHiveStore(building.config, { readonly: true });
      if (!isOver() && open.size < atOnce && store)
        submitting ??= submit()
          .catch((error: unknown) => void (trouble = error))
          .finally(() => (submitting = null));
      if (store && Date.now() >= lookAt) {
        await look(store).catch(passing);
        lookAt = Date.now() + lookMs;
        options.onProgress(done() - missed.length, accepted.length);
      }
      if (Date.now() - movedAt > quietMs) {
        stuck.push(...[...open].map((id) => `workflow ${id} did not end`));
        break;
      }
      if (options.interrupted.aborted && open.size === 0) break;
    }
    withdrawAll();
    await Promise.all(blows);
    if (store === null) throw new Error('the building was never open');
    await allSwept(home, store);
    const verify = await store.verify();
    const found = await Promise.all(
      accepted.map(async (it): Promise<Accepted> => ({
        ...it,
        result: await resultOf(home, it.id, options.interrupted),
      })),
    );
    const counted = await audit(store, found, { expected: scenario.expected, keys: asked });
    await store.close();
    if (!(await building.close())) stuck.push('the building did not end within 20 s of being asked to');
    for (const hit of readHits()) onHit(hit);
    return {
      ...counted,
      strikes: drawn,
      carriedOut,
      missed,
      workflows: accepted.length,
      stuck,
      leftBehind: await leftBehind(home),
      verify,
      places: [...passed].map(([place, times]) => {
        const [role, name] = place.split(' ') as [Role, FailpointName]; // put together in onHit
        return { role, name, passed: times, struck: struck.get(place) ?? 0 };
      }),
      ms: Date.now() - began,
    };
  } catch (error) {
    killAll();
    throw error;
  }
};

const deskOf = (home: string): Desk => {
  const url = readRun(home)?.url ?? 'http://127.0.0.1:1';
  return createDeskClient({ url, token: readToken(home)?.reveal() ?? '' });
};

/** Asks again while the building, or the answer, is away: what is asked carries a key, or only reads. */
const persistently = async <T>(ask: () => Promise<T>, interrupted: AbortSignal): Promise<T> => {
  for (const end = Date.now() + quietMs; ; await delay(50)) {
    try {
      return await ask();
    } catch (error) {
      const isPassing =
        isHiveError(error) &&
        (error.remedy === 'retry' || error.code === 'hive.unreachable' || error.code === 'auth.missing');
      if (!isPassing || Date.now() > end || interrupted.aborted) throw error;
    }
  }
};

const resultOf = (home: string, id: string, interrupted: AbortSignal) =>
  persistently(() => deskOf(home).workflow(id), interrupted).catch((error: unknown) => {
    if (hasCode(error, 'input.unknown_id')) return null;
    throw error;
  });

/** The store may be away for a moment; the next look finds it. */
const passing = (error: unknown): void => {
  if (!isHiveError(error) || error.remedy !== 'retry') throw error;
};

/** Workers remove what the dead have left every ten seconds. */
const allSwept = async (home: string, store: Store): Promise<void> => {
  for (const end = Date.now() + 15_000; Date.now() < end; await delay(100)) {
    const living = new Set((await store.agents()).map((agent) => agent.incarnation));
    const gone = new Set(await store.gone([...living]));
    const isDead = (path: string) => !living.has(path.split('/')[0] ?? '') || gone.has(path.split('/')[0] ?? '');
    if (!(await worktreesOf(home)).some(isDead)) return;
  }
};
