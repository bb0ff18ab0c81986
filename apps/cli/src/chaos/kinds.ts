import type { Env } from '@hive/config';
import { HiveError } from '@hive/errors';
import { bundledExample, commandsWorkflow, smallWorkflow, type Scenario } from './scenario.ts';
import { everyStrike, pauses, randomStrikes, type Strike } from './strike.ts';

/** How a run strikes, and how long a claim holds meanwhile. */
export type Plan = { readonly leaseMs: number; readonly strikes: IteratorObject<Strike, unknown> };

/** The plan of a kind; throws `input.invalid` for one that does not exist. */
export const planOf = (
  kind: string,
  { seed, withModel }: { readonly seed: number; readonly withModel: boolean },
): Plan => {
  if (kind === 'random') return { leaseMs: 3000, strikes: randomStrikes(seed) };
  if (kind === 'every') return { leaseMs: 3000, strikes: everyStrike({ withModel }) };
  if (kind === 'pauses') return { leaseMs: 1000, strikes: pauses() };
  throw new HiveError('input.invalid', `--plan is random, every or pauses, and found ${kind}`);
};

/** The workflow of a kind; throws `input.invalid` for one that does not exist. */
export const scenarioOf = (kind: string, root: string, env: Env): Scenario => {
  if (kind === 'example') return bundledExample(root, env);
  if (kind === 'small') return smallWorkflow(env);
  if (kind === 'commands') return commandsWorkflow(env);
  throw new HiveError('input.invalid', `--workflow is example, small or commands, and found ${kind}`);
};
