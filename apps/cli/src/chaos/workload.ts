import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { readRun, readToken } from '@hive/config';
import type { Store } from '@hive/core-db';
import { hasCode, isHiveError } from '@hive/errors';
import { createDeskClient, isWorkflowOpen, streams, type Desk, type WorkflowState } from '@hive/events';
import type { Accepted } from './audit.ts';
import { makeDirty, readCheckout, type Checkout } from './checkout.ts';
import type { Scenario } from './scenario.ts';

/** Workflows that run one after the other, some at once. */
export type Workload = {
  /** Submits the next one unless enough are running. */
  keepBusy(): void;
  /** Learns which have ended. */
  look(store: Store): Promise<void>;
  readonly asked: () => number;
  readonly accepted: () => number;
  readonly open: () => readonly string[];
  /** True when nothing runs and nothing is being submitted. */
  isIdle(): boolean;
  /** Throws why a workflow was not accepted. */
  assertWell(): void;
  /** What came of each, as the front desk tells it. */
  results(): Promise<Accepted[]>;
};

const atOnce = 2;
/** A building that is struck again and again while it opens, on a busy machine, is away for minutes. */
const patienceMs = 300_000;

/** The scenarios in turn, each time on a repository of its own below `folder`. Every submission carries a key and is repeated until it is answered. */
export const createWorkload = (
  scenarios: readonly Scenario[],
  { folder, home, interrupted }: { readonly folder: string; readonly home: string; readonly interrupted: AbortSignal },
): Workload => {
  const accepted: {
    readonly id: string;
    readonly repo: string;
    readonly before: Checkout;
    readonly scenario: Scenario;
  }[] = [];
  const open = new Set<string>();
  let asked = 0;
  let isSubmitting = false;
  let trouble: Error | null = null;

  /** Asks again while the building, or the answer, is away: what is asked carries a key, or only reads. */
  const persistently = async <T>(ask: (desk: Desk) => Promise<T>): Promise<T> => {
    for (const end = Date.now() + patienceMs; ; await delay(50)) {
      try {
        const url = readRun(home)?.url;
        if (url !== undefined) return await ask(createDeskClient({ url, token: readToken(home)?.reveal() ?? '' }));
        if (Date.now() > end) throw new Error('the building does not answer');
      } catch (error) {
        if (!isPassing(error) || Date.now() > end || interrupted.aborted) throw error;
      }
    }
  };

  const submit = async (): Promise<void> => {
    const number = ++asked;
    const scenario = scenarios[number % scenarios.length];
    if (!scenario) return;
    const repo = join(folder, `repo-${number}`);
    await scenario.makeRepo(repo);
    await makeDirty(repo);
    const before = await readCheckout(repo);
    const key = `chaos-${number}`;
    const { id } = await persistently((desk) => desk.submit(scenario.request(repo, number), { key }));
    accepted.push({ id, repo, before, scenario });
    open.add(id);
  };

  return {
    keepBusy: () => {
      if (isSubmitting || open.size >= atOnce) return;
      isSubmitting = true;
      submit()
        .catch((error: unknown) => void (trouble = error instanceof Error ? error : new Error(String(error))))
        .finally(() => (isSubmitting = false));
    },
    look: async (store) => {
      const { heads } = await store.heads([...open].map((id) => streams.workflow(id)));
      for (const id of open) {
        const state = heads.get(streams.workflow(id))?.state;
        if (state !== undefined && !isWorkflowOpen(state as WorkflowState)) open.delete(id); // the state of a workflow is one
      }
    },
    asked: () => asked,
    accepted: () => accepted.length,
    open: () => [...open],
    isIdle: () => open.size === 0 && !isSubmitting,
    assertWell: () => {
      if (trouble !== null) throw trouble;
    },
    results: () =>
      Promise.all(
        accepted.map(async ({ id, repo, before, scenario }) => ({
          ...{ id, repo, before, expected: scenario.expected },
          result: await persistently((desk) => desk.workflow(id)).catch(nullWhenUnknown),
        })),
      ),
  };
};

const isPassing = (error: unknown): boolean =>
  isHiveError(error) &&
  (error.remedy === 'retry' || error.code === 'hive.unreachable' || error.code === 'auth.missing');

const nullWhenUnknown = (error: unknown): null => {
  if (hasCode(error, 'input.unknown_id')) return null;
  throw error;
};
