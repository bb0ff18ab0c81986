import type { FailpointName } from '@hive/failpoints';
import { lastHitOf, places, placesWithModel, processesOf, type Role } from './places.ts';
import { seeded } from './seeded.ts';

/**
 * One blow: when `process` comes by `name` for the `hit`-th time it is killed; or it stops there and all processes of the building are killed
 * with it (`group`); or only the command that it has just started is (`child`); or it sleeps until somebody else has its work (`pause`).
 */
export type Strike = {
  readonly process: string;
  readonly name: FailpointName;
  readonly hit: number;
  readonly how: 'kill' | 'group' | 'child' | 'pause';
};

/** How often each kind of process is struck, in a hundred: those that hold work most, and the ones that take the building along least. */
const shares: readonly (readonly [Role, number])[] = [
  ['worker', 46],
  ['reviewer', 28],
  ['orchestrator', 10],
  ['event-dashboard', 6],
  ['planner', 6],
  ['hive', 4],
];

/** Kills at random, the same ones in the same order for the same seed; one in fifty takes the whole building along. */
export function* randomStrikes(seed: number): Generator<Strike, never> {
  const next = seeded(seed);
  const oneOf = <T>(items: readonly T[]): T => {
    const item = items[Math.floor(next() * items.length)];
    if (item === undefined) throw new Error('nothing to choose from');
    return item;
  };
  const turn = new Map<Role, number>();
  for (;;) {
    let share = next() * 100;
    const [role] = shares.find(([, part]) => (share -= part) < 0) ?? ['worker' as const];
    const name = oneOf(places[role]);
    // In turn, so that none is still waiting for its blows when the others have had theirs.
    const times = turn.get(role) ?? 0;
    turn.set(role, times + 1);
    const process = processesOf[role][times % processesOf[role].length] ?? role;
    const hit = 1 + Math.floor(next() * lastHitOf(role, name));
    const how = next() < 0.02 && role !== 'hive' ? 'group' : 'kill';
    yield { process, name, hit, how };
  }
}

/** Every place of every kind of process in turn, at the first hit, then at the second and so on, over and over. Begins with a new store. */
export function* everyStrike({ withModel }: { readonly withModel: boolean }): Generator<Strike, never> {
  yield { process: 'hive', name: 'migration.half', hit: 1, how: 'kill' };
  for (let round = 0; ; round++)
    for (const role of Object.keys(places) as Role[])
      // the keys of a Record<Role, …>
      for (const [index, name] of [...places[role], ...((withModel && placesWithModel[role]) || [])].entries()) {
        const processes = processesOf[role];
        const hit = 1 + (round % lastHitOf(role, name));
        yield { process: processes[(index + round) % processes.length] ?? role, name, hit, how: 'kill' };
        if (index === round && role !== 'hive') yield { process: processes[0] ?? role, name, hit, how: 'group' };
        if (name === 'sandbox.spawned') yield { process: processes[0] ?? role, name, hit: 1, how: 'child' };
      }
}

/** Workers that fall asleep with something in hand, at the places where waking up late would hurt. */
export function* pauses(): Generator<Strike, never> {
  const names = ['submit.open', 'claim.committed', 'submit.open', 'check.finished', 'worktree.added'] as const;
  for (let round = 0; ; round++)
    for (const name of names)
      for (const process of processesOf.worker) yield { process, name, hit: 1 + (round % 2), how: 'pause' };
}
