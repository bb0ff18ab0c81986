import type { Head, Store } from '@hive/core-db';
import { isEnded, isOpenCall, type AnyCall } from '@hive/events';

/** What calls took (`spent`), and what those that have not ended may take (`open`). */
export type Account = { readonly spent: Sum; readonly open: Sum };
type Sum = { readonly tokens: number; readonly usd: number };

/** Which calls: those of a workflow, or those that began at or after a moment, perhaps only of one model (`provider:model`). */
export type Scope = { readonly workflowId: string } | { readonly since: number; readonly ref?: string };

/** Keeps sums of calls, so that each look reads only what came since. One per process; what it knows can always be read again. */
export type Ledger = { read(scope: Scope): Promise<Account> };

/** How a ledger reads. */
export type LedgerOptions = {
  /** Calls that began later than this may still be missing: clocks of machines differ. Until then they are read again with each look. */
  readonly settledMs?: number;
  /** How many calls are read at once. */
  readonly page?: number;
  /** Waited for between two pages, for a process that has other things to do meanwhile. */
  readonly turn?: () => Promise<void>;
};

const nothing: Sum = { tokens: 0, usd: 0 };
const plus = (a: Sum, b: Sum): Sum => ({ tokens: a.tokens + b.tokens, usd: a.usd + b.usd });

/** The lowest id (uuid version 7) that can be made at a moment. */
const firstIdAt = (ms: number): string => {
  const hex = Math.max(0, Math.floor(ms)).toString(16).padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8)}-7000-8000-000000000000`;
};

/**
 * What a budget is charged for a call: what it took, where that is known, else its estimate. Answers from a recording or the cache cost nothing. A
 * price that is unknown must not open the purse: what is known counts.
 */
export const chargeOf = (call: AnyCall): Sum => {
  if (isOpenCall(call)) return { tokens: call.tokens, usd: call.usd ?? 0 };
  if (!isEnded(call) || call.source !== 'live') return nothing;
  const { input, output, costUsd, estimate } = call;
  const isTold = input !== null && output !== null;
  return {
    tokens: isTold ? input + output : Math.max((input ?? 0) + (output ?? 0), estimate?.tokens ?? 0),
    usd: costUsd ?? (isTold ? 0 : (estimate?.usd ?? 0)),
  };
};

/** The part of the calls of a scope that cannot change any more, by model, and the last id that is in it. */
type Kept = { readonly upTo: string; readonly sums: ReadonlyMap<string, Sum> };

/** The ledger of a store. */
export const createLedger = (store: Store, now: () => number, options: LedgerOptions = {}): Ledger => {
  const { settledMs = 20 * 60_000, page = 5000, turn } = options;
  const kept = new Map<string, Kept>();

  return {
    read: async (scope) => {
      const key = 'workflowId' in scope ? scope.workflowId : `since ${scope.since}`;
      let { upTo, sums } = kept.get(key) ?? {
        upTo: 'since' in scope ? firstIdAt(scope.since) : '',
        sums: new Map<string, Sum>(),
      };
      const settledBefore = firstIdAt(now() - settledMs);
      const rest: AnyCall[] = [];
      let grows = true;
      const of = 'workflowId' in scope ? { correlationId: scope.workflowId } : {};
      for await (const { id, view } of callsAfter(store, upTo, { ...of, page, turn })) {
        const call = view as AnyCall; // heads of kind `call` are made by foldStream
        grows &&= id < settledBefore && !isOpenCall(call);
        if (!grows) rest.push(call);
        else {
          sums = new Map(sums).set(refOf(call), plus(sums.get(refOf(call)) ?? nothing, chargeOf(call)));
          upTo = id;
        }
      }
      kept.set(key, { upTo, sums });
      if (kept.size > 1000) kept.delete([...kept.keys()][0] ?? '');
      const wanted = 'ref' in scope ? scope.ref : undefined;
      const isOf = (ref: string) => wanted === undefined || ref === wanted;
      const sum = (calls: readonly AnyCall[]) =>
        calls
          .filter((call) => isOf(refOf(call)))
          .map(chargeOf)
          .reduce(plus, nothing);
      const settled = [...sums].filter(([ref]) => isOf(ref)).reduce((all, [, one]) => plus(all, one), nothing);
      return {
        spent: plus(settled, sum(rest.filter((call) => !isOpenCall(call)))),
        open: sum(rest.filter(isOpenCall)),
      };
    },
  };
};

/** A double answers under a name of its own; what was asked is what counts. */
const refOf = (call: AnyCall): string => {
  if ('last' in call) return '';
  if (isOpenCall(call)) return `${call.provider}:${call.model}`;
  return (call.asked ?? `${call.provider}:${call.model}`).replace(/@.*$/, '');
};

async function* callsAfter(
  store: Store,
  id: string,
  {
    page,
    turn,
    ...of
  }: { readonly correlationId?: string; readonly page: number; readonly turn: LedgerOptions['turn'] },
): AsyncIterable<Head> {
  for (let after = id; ;) {
    const heads = await store.listHeads({
      kind: 'call',
      oldest: true,
      limit: page,
      ...of,
      ...(after !== '' && { before: after }),
    });
    yield* heads;
    after = heads.at(-1)?.id ?? '';
    if (heads.length < page) return;
    await turn?.();
  }
}

/** How much of a limit is used, from 0 on; of two limits the one that is used more. Without a limit nothing is. */
export const shareOf = (
  { tokens, usd }: Sum,
  limit: { readonly tokens?: number | undefined; readonly usd?: number | undefined },
): number =>
  Math.max(limit.tokens === undefined ? 0 : tokens / limit.tokens, limit.usd === undefined ? 0 : usd / limit.usd);

/** The day that a moment is in by the clock of this machine: its name (`2030-01-31`), its beginning, and that of the next one. Milliseconds. */
export const dayOf = (ms: number): { readonly day: string; readonly since: number; readonly resetsAt: number } => {
  const begin = new Date(ms);
  begin.setHours(0, 0, 0, 0);
  const end = new Date(begin);
  end.setDate(end.getDate() + 1);
  const pad = (n: number) => String(n).padStart(2, '0');
  return {
    day: `${begin.getFullYear()}-${pad(begin.getMonth() + 1)}-${pad(begin.getDate())}`,
    since: begin.getTime(),
    resetsAt: end.getTime(),
  };
};
