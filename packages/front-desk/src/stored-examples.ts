import { createHash } from 'node:crypto';
import type { PlanFile } from '@hive/events';
import { storedPlans } from './stored-plans.ts';

const sha256 = (content: string) => createHash('sha256').update(content).digest('hex');

const canonical = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(canonical);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, item]) => item !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, item]) => [key, canonical(item)]),
  );
};

/** A bundled plan as this program remembers it: the hash of what it says, and of each patch by the key of its task. */
export type StoredPlan = { readonly plan: string; readonly patches: Readonly<Record<string, string>> };

/** What to remember of a plan whose patches are inlined. The plan's hash does not depend on the patches' contents. */
export const fingerprint = (plan: PlanFile): StoredPlan => ({
  plan: sha256(
    JSON.stringify(
      canonical({ ...plan, tasks: plan.tasks.map((task) => ({ ...task, patch: task.patch !== undefined })) }),
    ),
  ),
  patches: Object.fromEntries(
    plan.tasks.flatMap((task) => (task.patch === undefined ? [] : [[task.key, sha256(task.patch)] as const])),
  ),
});

/** True for a plan that came with Hive and was not edited. */
export const isStoredPlan = (plan: PlanFile): boolean =>
  storedPlans.some((stored) => stored.plan === fingerprint(plan).plan);

/** The keys of tasks whose patch and plan both came with Hive, unedited: their author is `oracle`. An edited one is human. */
export const storedPatchesOf = (plan: PlanFile): ReadonlySet<string> => {
  const given = fingerprint(plan);
  const stored = storedPlans.find((it) => it.plan === given.plan);
  return new Set(Object.keys(given.patches).filter((key) => stored?.patches[key] === given.patches[key]));
};
