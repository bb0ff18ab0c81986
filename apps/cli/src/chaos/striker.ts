import type { Store } from '@hive/core-db';
import type { FailpointName, Hit } from '@hive/failpoints';
import type { Death } from './count-events.ts';
import { killChildren, wake, wakeWhenTakenOver } from './blows.ts';
import type { Orders } from './orders.ts';
import { provocationOf, roleOf, type Role } from './places.ts';
import type { Sequence } from './sequence.ts';
import type { Strike } from './strike.ts';
import { isAlive, signal } from './temporary-building.ts';

/** How often a place was struck in a kind of process, and how often it was passed. */
export type PlaceRow = {
  readonly role: Role;
  readonly name: FailpointName;
  readonly struck: number;
  readonly passed: number;
};

/** Gives processes their orders and carries out what they cannot do themselves. */
export type Striker = {
  /** Gives every process that waits for none its next order. `ended` is how many workflows have ended. */
  give(ended: number): void;
  /** Takes back what was not carried out yet; `give` gives it again. */
  withdraw(): void;
  onHit(hit: Hit, store: Store | null): void;
  /** True when all strikes were carried out or given up, nobody sleeps, and a supervisor that was struck is really gone. */
  isOver(): boolean;
  /** Ends every process that was heard of. */
  killAll(): void;
  /** How often the supervisor was struck, so that its end is not taken for trouble. */
  supervisorsStruck(): number;
  readonly carriedOut: Readonly<Record<Strike['how'], number>>;
  readonly missed: readonly Strike[];
  /** Who was killed alone, and when it was seen. */
  readonly deaths: readonly Death[];
  /** When anybody was struck, in whatever way. */
  readonly struckAt: readonly number[];
  /** Sleepers whose work nobody took over. */
  readonly stuck: readonly string[];
  places(): PlaceRow[];
};

const processes = ['hive', 'orchestrator', 'planner', 'worker-1', 'worker-2', 'reviewer', 'event-dashboard'];

/** An order that was not carried out while so many workflows went by is given up. */
const patience = 4;

/** So many processes that were made to come by a place, and did not, are enough: a building that is ended again and again does no work. */
const mostProvoked = 5;

/** `since`: how many workflows had ended when it was first given. `provoked`: who was made to come by the place last, and how many were. */
type Pending = {
  readonly strike: Strike;
  since: number | null;
  isGiven: boolean;
  provoked: { readonly pid: number | null; readonly times: number };
};

/** `supervisor` tells the pid of a building that is up. */
export const createStriker = (sequence: Sequence, orders: Orders, supervisor: () => number | null): Striker => {
  const pending = new Map<string, Pending>();
  const pids = new Map<string, number>();
  const passed = new Map<string, number>();
  const struck = new Map<string, number>();
  const asleep = new Set<string>();
  const missed: Strike[] = [];
  const deaths: Death[] = [];
  const struckAt: number[] = [];
  const stuck: string[] = [];
  const carriedOut = { kill: 0, group: 0, child: 0, pause: 0 };
  let supervisorsStruck = 0;
  /** Who is struck tells of it before dying, and a signal takes its time to arrive. */
  let dying: number | null = null;

  /** While one sleeps there has to be another one who can take its work over. */
  const mayGive = ({ process, how }: Strike): boolean =>
    how !== 'pause' ||
    (asleep.size === 0 &&
      ![...pending].some(([other, it]) => other !== process && it.isGiven && it.strike.how === how));

  const giveTo = (process: string, ended: number): void => {
    if (asleep.has(process)) return;
    const strike = pending.get(process)?.strike ?? sequence.next(process);
    if (!strike) return;
    const it = pending.get(process) ?? { strike, since: null, isGiven: false, provoked: { pid: null, times: 0 } };
    pending.set(process, it);
    if (it.since !== null && ended - it.since > patience) return giveUp(process, it);
    if (!it.isGiven && mayGive(strike)) {
      orders.give(strike);
      it.isGiven = true;
      it.since ??= ended;
    }
    if (it.isGiven) provoke(process, it);
  };

  const giveUp = (process: string, { strike }: Pending): void => {
    orders.withdraw(process);
    pending.delete(process);
    missed.push(strike);
  };

  /** Once for each process that comes to have the order. */
  const provoke = (process: string, it: Pending): void => {
    const name = provocationOf(it.strike.name);
    const pid = process === 'hive' ? supervisor() : (pids.get(process) ?? null);
    if (name === null || pid === null || pid === it.provoked.pid) return;
    if (it.provoked.times === mostProvoked) return giveUp(process, it);
    it.provoked = { pid, times: it.provoked.times + 1 };
    if (process === 'hive') supervisorsStruck += 1;
    signal(pid, name);
  };

  const killAll = (): void => {
    supervisorsStruck += 1;
    dying = supervisor();
    for (const pid of [...pids.values(), supervisor()]) if (pid !== null) signal(pid, 'SIGKILL');
  };

  const sleep = (hit: Hit, store: Store): void => {
    asleep.add(hit.process);
    void wakeWhenTakenOver(store, hit.pid)
      .catch(() => false)
      .then((isTaken) => {
        asleep.delete(hit.process);
        if (!isTaken) stuck.push(`nobody took over what ${hit.process} held when it fell asleep at ${hit.name}`);
      });
  };

  return {
    give: (ended) => {
      for (const process of processes) giveTo(process, ended);
    },
    withdraw: () => {
      for (const [process, it] of pending) {
        orders.withdraw(process);
        it.isGiven = false;
      }
    },
    onHit: (hit, store) => {
      const place = `${roleOf(hit.process)} ${hit.name}`;
      passed.set(place, (passed.get(place) ?? 0) + 1);
      pids.set(hit.process, hit.pid);
      if (hit.did === null) return;
      const it = pending.get(hit.process);
      // It was given up in the moment in which it was taken: nobody may sleep for ever.
      if (!it) return void wake(hit.pid);
      const { how } = it.strike;
      pending.delete(hit.process);
      struck.set(place, (struck.get(place) ?? 0) + 1);
      carriedOut[how] += 1;
      const at = Date.now();
      struckAt.push(at);
      if (how === 'kill') deaths.push({ process: hit.process, at });
      if (hit.process === 'hive') {
        supervisorsStruck += 1;
        dying = hit.pid;
      }
      if (how === 'group') killAll();
      if (how === 'child') void killChildren(hit.pid);
      if (how === 'pause' && store) sleep(hit, store);
    },
    isOver: () => pending.size === 0 && asleep.size === 0 && sequence.isOver() && !(dying !== null && isAlive(dying)),
    killAll,
    supervisorsStruck: () => supervisorsStruck,
    carriedOut,
    missed,
    deaths,
    struckAt,
    stuck,
    places: () =>
      [...passed].map(([place, times]) => {
        const [role, name] = place.split(' ') as [Role, FailpointName]; // put together in onHit
        return { role, name, passed: times, struck: struck.get(place) ?? 0 };
      }),
  };
};
