import type { HiveConfig } from '@hive/config';
import type { PlannedTask, Submission } from '@hive/events';
import { modelsOf } from './find-model.ts';

/** How many attempts the models of a list have between them, at a task or (null) at the plan; 0 where there is no list. */
export const turnsOf = (
  config: Pick<HiveConfig, 'models' | 'fallback'>,
  submission: Submission | null,
  spec: PlannedTask | null,
): number => {
  const role = spec === null ? 'planner' : 'worker';
  const ref = submission?.replay?.models[role] ?? spec?.model ?? submission?.model ?? null;
  const rungs = modelsOf(config, { role, ref, localOnly: false }).length;
  return rungs > 1 ? rungs * config.fallback.after : 0;
};
