import { join } from 'node:path';
import type { Env, HiveConfig } from '@hive/config';
import type { PlanFile, SubmitRequest } from '@hive/events';
import { readPlan } from '../plan-files/read-plan.ts';
import { makeRepository } from './make-repository.ts';

const name = 'almanac';

/** Where the bundled example lies: its plan, its patches, its library, and how it has to end. `examples` is the folder of all of them. */
export const exampleFolder = (examples: string): string => join(examples, name);

/**
 * What is handed in to run the bundled example. Its repository is made below HIVE_HOME, or brought to what the library says now. Throws
 * `plan.invalid` where the example does not lie.
 */
export const exampleRequest = async (
  examples: string,
  { home }: Pick<HiveConfig, 'home'>,
  env: Env,
): Promise<SubmitRequest & { readonly plan: PlanFile }> => {
  const folder = exampleFolder(examples);
  const plan = readPlan(join(folder, 'plan.yaml'));
  const repo = join(home, 'example', name);
  await makeRepository(join(folder, 'library'), repo, env);
  return { goal: `Example: ${name}`, repo, plan };
};
