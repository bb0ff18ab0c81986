import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Env, HiveConfig } from '@hive/config';
import type { InvariantReport, Store } from '@hive/core-db';
import { HiveError, hasCode, isHiveError } from '@hive/errors';
import { openHiveStore } from '../desk/open-store.ts';
import { audit, type Accepted, type Audit } from './audit.ts';
import { createHitReader } from './hits.ts';
import { leftBehind, worktreesOf } from './left-behind.ts';
import { createOrders } from './orders.ts';
import type { Scenario } from './scenario.ts';
import { createSequence } from './sequence.ts';
import type { Strike } from './strike.ts';
import { createStriker, type PlaceRow, type Striker } from './striker.ts';
import { chaosFolders, temporaryBuilding } from './temporary-building.ts';
import { createWorkload } from './workload.ts';

/** What a run is to do. It ends with the first limit; what is running then still comes to its end. */
export type ChaosOptions = {
  readonly env: Env;
  /** An empty folder of the caller's. */
  readonly folder: string;
  /** Run in turn. */
  readonly scenarios: readonly Scenario[];
  /** The hive.yaml of the building; null: none. */
  readonly configuration: string | null;
  /** An empty PostgreSQL database; undefined: SQLite. */
  readonly database: string | undefined;
  readonly leaseMs: number;
  readonly strikes: Iterator<Strike, unknown>;
  readonly limit: { readonly strikes: number; readonly endAt: number };
  readonly interrupted: AbortSignal;
  readonly onProgress: (strikes: number, workflows: number) => void;
};

/** What came of a run. */
export type ChaosReport = Audit &
  Pick<Striker, 'carriedOut' | 'missed'> & {
    /** The strikes in the order in which they were drawn. */
    readonly strikes: readonly Strike[];
    readonly places: readonly PlaceRow[];
    readonly workflows: number;
    readonly stuck: readonly string[];
    readonly leftBehind: readonly string[];
    readonly verify: readonly InvariantReport[];
    readonly ms: number;
  };

const tickMs = 20;
const lookMs = 200;
/** Without a new event for so long nothing will come any more. */
const quietMs = 60_000;
const sweptMs = 15_000;
/** A step that loses its lease too often is given up as one that kills its worker; nobody is struck while one has lost more than these. */
const rescuesAllowed = 2;

/** Runs workflows on a building of its own while processes are struck, and looks at what came of it; null when interrupted. Ends all that it started. */
export const runChaos = async (options: ChaosOptions): Promise<ChaosReport | null> => {
  const began = Date.now();
  const { folder, limit, interrupted } = options;
  const { home, orders, hits } = chaosFolders(folder);
  await mkdir(home, { recursive: true });
  if (options.configuration !== null) await writeFile(join(home, 'hive.yaml'), options.configuration);
  const building = await temporaryBuilding(options.env, folder, options);
  if (options.database !== undefined) await refuseUsed(building.config);
  const sequence = createSequence(options.strikes, limit.strikes);
  const striker = createStriker(sequence, createOrders(orders), building.pid);
  const workload = createWorkload(options.scenarios, { folder, home, interrupted });
  const readHits = createHitReader(hits);
  const isQuiet = createQuietness();
  const stuck: string[] = [];
  let store: Store | null = null;
  let lookAt = 0;
  let isTooMuch = false;

  try {
    // The last strike may have ended the building, which has to be there to be asked what came of it.
    while (!(striker.isOver() && workload.isIdle() && building.pid() !== null)) {
      if (Date.now() > limit.endAt) sequence.stop();
      if (interrupted.aborted) {
        await end();
        return null;
      }
      for (const hit of readHits()) striker.onHit(hit, store);
      if (!isTooMuch) striker.give(workload.accepted() - workload.open().length);
      const before = striker.supervisorsStruck();
      building.keepOpen(() => striker.supervisorsStruck() !== before);
      if (store === null && building.pid() !== null) store = await openHiveStore(building.config, { readonly: true });
      if (store !== null && !striker.isOver()) workload.keepBusy();
      building.assertWell();
      workload.assertWell();
      if (store !== null && Date.now() > lookAt) {
        lookAt = Date.now() + lookMs;
        isTooMuch = await look(store);
        options.onProgress(sum(striker.carriedOut), workload.accepted());
        if (!(await isQuiet(store))) continue;
        stuck.push(...workload.open().map((id) => `workflow ${id} did not end`));
        break;
      }
      await delay(tickMs);
    }
    striker.withdraw();
    if (store === null) throw new Error('the building was never open');
    await allSwept(home, store);
    const verify = await store.verify({ home });
    const results = await workload.results();
    const counted = await audit(store, results, {
      keys: workload.asked(),
      deaths: striker.deaths,
      struckAt: striker.struckAt,
    });
    await store.close();
    if (!(await building.close())) stuck.push('the building did not end within 20 s of being asked to');
    for (const hit of readHits()) striker.onHit(hit, null);
    return {
      ...counted,
      strikes: sequence.drawn,
      carriedOut: striker.carriedOut,
      missed: striker.missed,
      places: striker.places(),
      workflows: workload.accepted(),
      stuck: [...stuck, ...striker.stuck],
      leftBehind: await leftBehind(home, badlyEnded(results)),
      verify,
      ms: Date.now() - began,
    };
  } catch (error) {
    await end();
    throw error;
  }

  async function end(): Promise<void> {
    striker.withdraw();
    striker.killAll();
    await building.close();
    await store?.close();
  }

  /** Says whether nobody may be struck for now. */
  async function look(store: Store): Promise<boolean> {
    try {
      await workload.look(store);
      const steps = await store.steps({ states: ['ready', 'scheduled', 'claimed'], limit: 1000 });
      const isHurt = steps.some((step) => step.rescues > rescuesAllowed);
      if (isHurt) striker.withdraw();
      return isHurt;
    } catch (error) {
      if (!isHiveError(error) || error.remedy !== 'retry') throw error;
      return isTooMuch; // the store is away for a moment
    }
  }
};

/** What somebody's Hive has recorded is not to be mixed with this. */
const refuseUsed = async (config: HiveConfig): Promise<void> => {
  const store = await openHiveStore(config, { readonly: true }).catch((error: unknown) => {
    // Nothing was ever made there, which is what is wanted.
    if (hasCode(error, 'store.unavailable') && error.details['found'] === 0) return null;
    throw error;
  });
  const isUsed = store !== null && (await store.events({ limit: 1 })).events.length > 0;
  await store?.close();
  if (isUsed)
    throw new HiveError('input.invalid', 'The database of --database holds a Hive already; name an empty one');
};

/** Tasks whose worktree is kept for a while, for people to look into. */
const badlyEnded = (accepted: readonly Accepted[]): Set<string> => {
  const tasks = accepted.flatMap(({ result }) => result?.tasks ?? []);
  return new Set(tasks.filter(({ status }) => status !== 'merged' && status !== 'completed').map(({ id }) => id));
};

const sum = (counts: Readonly<Record<string, number>>): number => Object.values(counts).reduce((a, b) => a + b, 0);

/** Tells when the log has not grown for too long. */
const createQuietness = (): ((store: Store) => Promise<boolean>) => {
  let end = '';
  let since = Date.now();
  return async (store) => {
    const now = JSON.stringify(await store.end());
    if (now !== end) since = Date.now();
    end = now;
    return Date.now() - since > quietMs;
  };
};

/** Workers remove what the dead have left every ten seconds. */
const allSwept = async (home: string, store: Store): Promise<void> => {
  for (const end = Date.now() + sweptMs; Date.now() < end; await delay(100)) {
    const agents = (await store.agents()).map((agent) => agent.incarnation);
    const gone = new Set(await store.gone(agents));
    const owners = (await worktreesOf(home)).map((path) => path.split('/')[0] ?? '');
    if (owners.every((owner) => owner === 'kept' || (agents.includes(owner) && !gone.has(owner)))) return;
  }
};
