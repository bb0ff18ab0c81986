import type { HiveConfig } from '@hive/config';
import type { PlanFile, SubmitRequest } from '@hive/events';
import type { Wanted } from '@hive/front-desk';
import { count } from '../terminal/figures.ts';

/** Which models a request will call; none for patches and commands. `plan` is the parsed plan of the request. */
export const wantedModels = (
  request: SubmitRequest,
  plan: PlanFile | null,
  config: Pick<HiveConfig, 'models'>,
): Wanted[] => {
  const localOnly = request.localOnly ?? false;
  const named = request.model ?? null;
  const reviewer: Wanted[] = config.models.reviewer.length > 0 ? [{ role: 'reviewer', ref: null, localOnly }] : [];
  if (request.patch !== undefined || request.commit !== undefined) return reviewer;
  if (plan === null)
    return [{ role: 'planner', ref: named, localOnly }, { role: 'worker', ref: named, localOnly }, ...reviewer];
  const authored = plan.tasks.filter((task) => task.patch === undefined && task.run === undefined);
  const refs = new Set(authored.map((task) => task.model ?? named));
  return [...[...refs].map((ref): Wanted => ({ role: 'worker', ref, localOnly })), ...reviewer];
};

/** A model that was found for a role. */
export type FoundModel = { readonly role: Wanted['role']; readonly name: string; readonly destination: string };

/** One line for each model that will be called: as what, who, where to; and one limit for all. */
export const modelLines = (found: readonly FoundModel[], budget: SubmitRequest['budget'] | null): string[] => {
  const roles = new Map<string, Set<string>>();
  for (const { role, name, destination } of found) {
    const who = `${name} at ${destination}`;
    roles.set(who, (roles.get(who) ?? new Set()).add(role));
  }
  const limits = [
    ...(budget?.usd === undefined ? [] : [`${budget.usd} USD`]),
    ...(budget?.tokens === undefined ? [] : [count(budget.tokens, 'token')]),
  ];
  const limit = limits.length > 0 ? `at most ${limits.join(' and ')}` : 'no limit (--budget sets one)';
  return [...roles].map(([who, as]) => `Model  ${who}, as ${[...as].join(' and ')}, ${limit}`);
};
