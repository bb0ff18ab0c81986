import { HiveError } from '@hive/errors';
import { usageOf, type CallView } from '@hive/events';
import type { Context, StepInHand } from '../agent.ts';

/** Throws `budget.exhausted` when what the workflow's calls have used is at its limit. */
export const refuseOverBudget = async ({ workflow }: StepInHand, { bus }: Context): Promise<void> => {
  const { budget } = workflow.submission;
  if (budget === null) return;
  const heads = await bus.store.listHeads({ kind: 'call', correlationId: workflow.id, limit: 100_000 });
  const calls = heads.map((head) => head.view as CallView); // heads of kind `call` are made by foldStream
  const spent = usageOf(calls);
  const tokens = spent.input + spent.output;
  if (budget.tokens !== undefined && tokens >= budget.tokens)
    throw new HiveError('budget.exhausted', `The workflow's budget of ${budget.tokens} tokens is used up (${tokens})`);
  // A call whose price is unknown must not open the purse: what is known counts.
  const usd = calls.reduce((sum, call) => sum + (call.costUsd ?? 0), 0);
  if (budget.usd !== undefined && usd >= budget.usd)
    throw new HiveError(
      'budget.exhausted',
      `The workflow's budget of ${budget.usd} USD is used up (${usd.toFixed(2)})`,
    );
};
