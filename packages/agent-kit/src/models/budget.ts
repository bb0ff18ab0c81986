import {
  createLedger,
  dayOf,
  derivedId,
  rest,
  shareOf,
  type Account,
  type Bus,
  type Ledger,
  type Scope,
} from '@hive/bus';
import type { HiveConfig, Limit } from '@hive/config';
import type { Store } from '@hive/core-db';
import { HiveError, hasCode } from '@hive/errors';
import { streams, type NewEvent } from '@hive/events';
import type { ModelRef } from '@hive/llm';
import type { Context, StepInHand } from '../agent.ts';
import type { Estimate } from './estimate.ts';
import { parkedError } from './parking.ts';

/** Whoever reserves for a call moves this cursor on, so that of two who looked at the same moment one looks again. */
export const budgetTurnstile = 'budgets';

const warnedShare = 0.8;
/** Calls of others that may still give back what was reserved for them are waited for so long with the step in hand, then it is given back. */
const inHandMs = 20_000;
const lookMs = 250;

/** One limit that a call falls under. `resetsAt`: when it begins anew, in milliseconds; null: never. */
type Budget = { readonly of: string; readonly limit: Limit; readonly scope: Scope; readonly resetsAt: number | null };

const ledgers = new WeakMap<Store, Ledger>();
const ledgerOf = ({ store, around }: Bus): Ledger => {
  const ledger = ledgers.get(store) ?? createLedger(store, () => around.wall());
  ledgers.set(store, ledger);
  return ledger;
};

/** The budgets that a call to a model falls under: that of its workflow, of the day, and of the model on the day. */
const budgetsOf = (
  { id, submission }: StepInHand['workflow'],
  ref: ModelRef,
  { budgets }: Pick<HiveConfig, 'budgets'>,
  now: number,
): readonly Budget[] => {
  const name = `${ref.provider}:${ref.model}`;
  const { day, since, resetsAt } = dayOf(now);
  const ofModel = budgets.models[name];
  return [
    ...(submission.budget
      ? [{ of: 'workflow', limit: submission.budget, scope: { workflowId: id }, resetsAt: null }]
      : []),
    ...(budgets.day ? [{ of: day, limit: budgets.day, scope: { since }, resetsAt }] : []),
    ...(ofModel ? [{ of: `${name} on ${day}`, limit: ofModel, scope: { since, ref: name }, resetsAt }] : []),
  ];
};

/**
 * Records `intended`, the beginning of a call, together with its reservation: every budget has room for one call more, counting what other calls
 * have reserved, or nothing is recorded. So a budget is exceeded by one call at most. Calls of others that may give something back are waited for.
 * Throws `budget.exhausted`, or the error of a parked step where the budget begins anew tomorrow.
 */
export const reserve = async (
  {
    intended,
    estimate,
    ref,
  }: { readonly intended: readonly NewEvent[]; readonly estimate: Estimate; readonly ref: ModelRef },
  step: StepInHand,
  ctx: Context,
): Promise<void> => {
  const { bus, config } = ctx;
  const began = bus.around.elapsed();
  for (;;) {
    const budgets = budgetsOf(step.workflow, ref, config, bus.around.wall());
    if (budgets.length === 0) return step.note(intended);
    if (estimate.usd === null && ref.provider === 'claude') refuseUnpriced(budgets, ref);
    const turn = await bus.store.subscription(budgetTurnstile, 'origin');
    const full = await fullOf(budgets, ref, step, ctx);
    if (full === null) {
      const taken = await noteInTurn(step, intended, turn);
      if (taken) return;
      continue;
    }
    if (bus.around.elapsed() - began > inHandMs)
      throw parkedError({
        kind: 'budget',
        until: 'soon',
        ref,
        callId: null,
        because: `calls in flight, which may use up the budget (${full.of})`,
      });
    await rest(bus.around, lookMs, step.signal);
    step.signal.throwIfAborted();
  }
};

const noteInTurn = async (
  step: StepInHand,
  events: readonly NewEvent[],
  from: Awaited<ReturnType<Store['subscription']>>,
): Promise<boolean> => {
  try {
    const turn = { name: budgetTurnstile, from, to: { ...from, position: from.position + 1 } };
    await step.note(events, { turn });
    return true;
  } catch (error) {
    if (hasCode(error, 'version.conflict')) return false;
    throw error;
  }
};

/** A budget that has no room while calls of others are in flight; null: all have. Throws where one is used up. */
const fullOf = async (
  budgets: readonly Budget[],
  ref: ModelRef,
  step: StepInHand,
  ctx: Context,
): Promise<Budget | null> => {
  let full: Budget | null = null;
  for (const budget of budgets) {
    const { limit } = budget;
    const account = await ledgerOf(ctx.bus).read(budget.scope);
    const share = shareOf(account.spent, limit);
    if (share >= warnedShare) await tellOnce('budget.warned', budget, account, step, ctx);
    if (share >= 1) {
      await tellOnce('budget.exhausted', budget, account, step, ctx);
      throw exhausted(budget, account, ref);
    }
    const { spent, open } = account;
    if (shareOf({ tokens: spent.tokens + open.tokens, usd: spent.usd + open.usd }, limit) >= 1) full = budget;
  }
  return full;
};

const amountText = ({ tokens, usd }: Account['spent'], limit: Limit): string =>
  [
    ...(limit.tokens === undefined ? [] : [`${tokens} tokens`]),
    ...(limit.usd === undefined ? [] : [`${usd.toFixed(2)} USD`]),
  ].join(', ');

const limitText = (limit: Limit): string => amountText({ tokens: limit.tokens ?? 0, usd: limit.usd ?? 0 }, limit);

const exhausted = ({ of, limit, resetsAt }: Budget, { spent }: Account, ref: ModelRef): HiveError => {
  const message = `The budget of ${of === 'workflow' ? 'the workflow' : of} is used up: ${amountText(spent, limit)} of ${limitText(limit)}`;
  const error = new HiveError('budget.exhausted', message);
  if (resetsAt === null) return error;
  return parkedError(
    { kind: 'budget', until: new Date(resetsAt).toISOString(), ref, callId: null, because: `the next day: ${message}` },
    error,
  );
};

/** A limit in dollars cannot hold for a model that has no price. */
const refuseUnpriced = (budgets: readonly Budget[], { provider, model }: ModelRef): void => {
  const inUsd = budgets.find(({ limit }) => limit.usd !== undefined);
  if (!inUsd) return;
  throw new HiveError(
    'budget.exhausted',
    `The budget of ${inUsd.of === 'workflow' ? 'the workflow' : inUsd.of} is in dollars and hive.yaml has no price of ${provider}:${model}: ` +
      'add it under hive.prices, or give the budget in tokens',
    { remedy: 'fix_config' },
  );
};

const told = new WeakMap<Store, Set<string>>();

/** Recorded once per budget and limit, whoever notices it and however often. */
const tellOnce = async (
  type: 'budget.warned' | 'budget.exhausted',
  { of, limit, resetsAt }: Budget,
  { spent }: Account,
  { workflow }: StepInHand,
  { bus }: Context,
): Promise<void> => {
  const ofWorkflow = resetsAt === null;
  const idFrom = derivedId(ofWorkflow ? workflow.id : dayId, `${type} ${of} ${limitText(limit)}`);
  const known = told.get(bus.store) ?? new Set<string>();
  told.set(bus.store, known);
  if (known.has(idFrom)) return;
  known.add(idFrom);
  if ((await bus.store.event(derivedId(idFrom, 'command 0'))) !== null) return;
  const data = {
    workflowId: ofWorkflow ? workflow.id : null,
    of,
    spent: amountText(spent, limit),
    limit: limitText(limit),
  };
  const stream = ofWorkflow ? streams.workflow(workflow.id) : streams.system;
  try {
    await bus.command({
      on: streams.workflow(workflow.id),
      correlationId: workflow.id,
      idFrom,
      events: [{ type, stream, data }],
    });
  } catch (error) {
    if (!hasCode(error, 'event.id_reused')) throw error; // somebody else has just told it, with another sum
  }
};

/** Days have no id of their own. */
const dayId = '00000000-0000-7000-8000-000000000000';
