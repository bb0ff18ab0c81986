import { chaos, violationsOf, type ChaosDocument } from './chaos.ts';
import type { Outcome } from './row.ts';

/** What runs of `hive chaos` told, and why others told nothing. */
export type KillRuns = { readonly found: readonly ChaosDocument[]; readonly failed: readonly string[] };

/** Runs of `hive chaos`, two buildings at once: while one waits for a restart the other works. One that fails takes nothing away from the others. */
export const inTwoSlots = async (
  runs: readonly (readonly string[])[],
  env: Readonly<Record<string, string>> = {},
): Promise<KillRuns> => {
  const found: ChaosDocument[] = [];
  const failed: string[] = [];
  const waiting = [...runs];
  const slot = async (): Promise<void> => {
    for (let args = waiting.shift(); args; args = waiting.shift())
      await chaos(args, env).then(
        (document) => found.push(document),
        (error: unknown) => failed.push(String(error)),
      );
  };
  await Promise.all([slot(), slot()]);
  return { found, failed };
};

/** What kills came to; `broken` is what else must not be. */
export const outcomeOfKills = (
  { found, failed }: KillRuns,
  { began, store, broken }: { readonly began: number; readonly store: string; readonly broken: readonly string[] },
): Outcome => {
  const total = (of: (it: ChaosDocument) => number) => found.reduce((sum, it) => sum + of(it), 0);
  const places = placesOf(found);
  const violations = [...found.flatMap(violationsOf), ...failed, ...broken];
  const p95Of = (of: (it: ChaosDocument) => readonly number[]): string | null => {
    const all = found.flatMap(of).toSorted((a, b) => a - b);
    const p95 = all[Math.floor(all.length * 0.95)];
    return p95 === undefined ? null : `${p95} ms (p95 of ${all.length})`;
  };
  const [elsewhere, takeover] = [p95Of((it) => it.elsewhereMs), p95Of((it) => it.takeoverMs)];
  return {
    runs: total(({ carriedOut: { kill, group, child } }) => kill + group + child),
    interrupted: total((it) => it.interrupted),
    violations: violations.length,
    ms: Date.now() - began,
    store,
    notes: [
      `${places.filter((place) => place.struck > 0).length} pairs of process and place in ${total((it) => it.workflows)} workflows`,
      `${total((it) => it.repeated)} claims repeated`,
      ...(elsewhere === null ? [] : [`the step of a dead worker ran elsewhere within ${elsewhere}`]),
      ...(takeover === null
        ? []
        : [`any dead holder's was claimed again within ${takeover}, restarts and further deaths included`]),
      ...violations.slice(0, 5),
    ].join('; '),
    details: places,
  };
};

/** One line for each place and kind of process, summed up over the runs. */
const placesOf = (found: readonly ChaosDocument[]) => {
  const all = found.flatMap((it) => it.places);
  return [...Map.groupBy(all, ({ role, name }) => `${role} ${name}`).values()].map((group) => ({
    role: group[0]?.role ?? '',
    name: group[0]?.name ?? '',
    struck: group.reduce((sum, it) => sum + it.struck, 0),
    passed: group.reduce((sum, it) => sum + it.passed, 0),
  }));
};
