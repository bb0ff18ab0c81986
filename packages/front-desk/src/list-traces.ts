import type { Head, Store, TraceRow } from '@hive/core-db';
import { HiveError } from '@hive/errors';
import {
  TraceFilter,
  isWorkflowOpen,
  streams,
  usageOf,
  workflowStates,
  type AnyCall,
  type Desk,
  type Page,
  type TaskView,
  type TraceSummary,
  type WorkflowState,
  type WorkflowView,
} from '@hive/events';
import { pageLimit } from './page.ts';
import { createTraceWork } from './trace-work.ts';
import { parseAs } from './parse-as.ts';
import { readSummaries } from './read-workflow.ts';

/** So many traces are looked at for one answer, whatever comes of it: an answer takes the same time in a log of any size. */
const looked = 120;
/** Fewer where tasks and calls have to be read for each. */
const lookedDeep = 24;
const many = 10_000;

const byIndex = new Set<string>(['status', 'since', 'before'] satisfies (keyof TraceFilter)[]);

/** `asks`: a person is asked something about it, so it may wait for them. */
type Found = { readonly row: TraceRow; readonly workflow: WorkflowView | null; readonly asks: boolean };

/** How traces are listed: newest first, by what their workflows say, in pages that are found by their place and not by counting. */
export const createListTraces = (store: Store): Desk['traces'] => {
  const worksOf = createTraceWork(store);
  return async ({ after, limit: asked, ...given } = {}): Promise<Page<TraceSummary>> => {
    const filter = parseAs(TraceFilter, given, 'The filter');
    const limit = pageLimit(asked);
    const wanted = conditionsOf(filter);
    // What is found by its place or its state fits as it is found: no more is read than is asked for.
    const isPlain = !wanted.deep && !wanted.waiting && Object.keys(given).every((key) => byIndex.has(key));
    const size = isPlain ? limit : Math.min(wanted.deep ? lookedDeep : looked, many);
    const begin = lower(after, wanted.before);
    const { ids, rows } = await candidates(store, wanted.states, { before: begin, limit: size + 1 });
    const within = rows.filter((row) => wanted.since === undefined || row.correlationId >= wanted.since);
    const { heads } = await store.heads(within.slice(0, size).map((row) => streams.workflow(row.correlationId)));
    const asking = await whoAsks(store, heads.values());
    const items: TraceSummary[] = [];
    let last: string | null = null;
    for (const row of within.slice(0, size)) {
      if (items.length === limit) break;
      last = row.correlationId;
      const workflow = (heads.get(streams.workflow(row.correlationId))?.view ?? null) as WorkflowView | null;
      const summary = await summaryOf(store, { row, workflow, asks: asking.has(row.correlationId) }, wanted);
      if (summary) items.push(summary);
    }
    const isOver = ids.length <= size || within.length < rows.length;
    const hasMore = !isOver || (last !== null && within.at(-1)?.correlationId !== last);
    const works = await worksOf(items.filter(({ goal }) => goal !== null).map(({ correlationId }) => correlationId));
    return { items: items.map((item) => ({ ...item, ...works.get(item.correlationId) })), next: hasMore ? last : null };
  };
};

type Wanted = TraceFilter & {
  /** The states of workflows that are found by their index; null: any trace. */
  readonly states: readonly WorkflowState[] | null;
  readonly waiting: boolean;
  readonly statuses: readonly string[];
  readonly words: readonly string[];
  /** Bounds on ids, which are ordered by their time. */
  readonly since: string | undefined;
  readonly before: string | undefined;
  readonly deep: boolean;
};

const conditionsOf = (filter: TraceFilter): Wanted => {
  const statuses = namesIn(filter.status);
  const unknown = statuses.find((it) => !known.has(it));
  if (unknown !== undefined)
    throw new HiveError('input.invalid', `There is no status ${unknown}; there are ${[...known].join(', ')}`, {
      details: { field: 'status' },
    });
  const waiting = statuses.includes('waiting');
  const states = workflowStates.filter((state) => statuses.includes(state) || (waiting && isWorkflowOpen(state)));
  const { model, author, agent, code, minUsd } = filter;
  return {
    ...filter,
    statuses,
    waiting,
    states: statuses.length === 0 || statuses.includes('process') ? null : states,
    words: (filter.text ?? '').toLowerCase().split(/\s+/).filter(Boolean),
    since: filter.since === undefined ? undefined : idAt(filter.since, 'since'),
    before: filter.before === undefined ? undefined : idAt(filter.before, 'before'),
    deep: [model, author, agent, code, minUsd].some((it) => it !== undefined),
  };
};

const known = new Set<string>([...workflowStates, 'waiting', 'process']);

const namesIn = (text: string | undefined): readonly string[] => (text ?? '').split(',').filter(Boolean);

/** The lowest id that can be made at a moment: ids are uuids of version 7, which begin with their time. */
const idAt = (moment: string, field: string): string => {
  const at = Date.parse(moment);
  if (!Number.isFinite(at) || at < 0)
    throw new HiveError('input.invalid', `${moment} is no moment; write for example 2030-01-31T22:30:00Z`, {
      details: { field },
    });
  const hex = Math.min(at, 2 ** 48 - 1)
    .toString(16)
    .padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8)}-0000-0000-000000000000`;
};

const lower = (a: string | undefined, b: string | undefined): string | undefined =>
  a === undefined || (b !== undefined && b < a) ? b : a;

/** The next traces that may fit, by the index of the states where only some are wanted. One id more than is looked at tells that it goes on. */
const candidates = async (
  store: Store,
  states: readonly WorkflowState[] | null,
  { before, limit }: { readonly before: string | undefined; readonly limit: number },
): Promise<{ readonly ids: readonly string[]; readonly rows: readonly TraceRow[] }> => {
  const place = before === undefined ? {} : { before };
  if (states === null) {
    const rows = await store.traces({ limit, ...place });
    return { ids: rows.map(({ correlationId }) => correlationId), rows };
  }
  // One state after the other: each is found by itself, several together would be looked for among all.
  const heads = await Promise.all(
    states.map((state) => store.listHeads({ kind: 'workflow', states: [state], limit, ...place })),
  );
  const ids = heads
    .flat()
    .map(({ id }) => id)
    .sort((a, b) => (a < b ? 1 : -1))
    .slice(0, limit);
  return { ids, rows: await store.traces({ ids, limit }) };
};

/** The workflows about which a person is asked something now; they are few, and only looked for where one of these is still at work. */
const whoAsks = async (store: Store, heads: Iterable<Head>): Promise<ReadonlySet<string>> => {
  if (![...heads].some(({ view }) => isWorkflowOpen((view as WorkflowView).state))) return new Set(); // heads of kind workflow
  const [tasks, approvals] = await Promise.all([
    store.listHeads({ kind: 'task', states: ['waiting'], limit: many }),
    store.listHeads({ kind: 'approval', states: ['open'], limit: many }),
  ]);
  return new Set([...tasks, ...approvals].map(({ correlationId }) => correlationId));
};

/** The status of a workflow as its page tells it: a state, or that it waits for a person. */
const statusOf = async (store: Store, view: WorkflowView): Promise<string> =>
  (await readSummaries(store, [view]))[0]?.status ?? view.state;

const has = (text: string | null | undefined, part: string | undefined): boolean =>
  part === undefined || (text ?? '').toLowerCase().includes(part.toLowerCase());

const summaryOf = async (
  store: Store,
  { row, workflow, asks }: Found,
  wanted: Wanted,
): Promise<TraceSummary | null> => {
  const { statuses, words, repo, minMs, maxMs, minErrors } = wanted;
  const goal = workflow?.submission.goal ?? null;
  const text = `${goal ?? ''} ${row.correlationId}`.toLowerCase();
  const ms = Date.parse(row.lastAt) - Date.parse(row.firstAt);
  const status = workflow === null ? null : asks ? await statusOf(store, workflow) : workflow.state;
  const fits =
    (statuses.length === 0 || statuses.includes(status ?? 'process')) &&
    words.every((word) => text.includes(word)) &&
    has(workflow?.submission.repo, repo) &&
    (minMs === undefined || ms >= minMs) &&
    (maxMs === undefined || ms <= maxMs) &&
    (minErrors === undefined || row.errors >= minErrors);
  if (!fits) return null;
  const summary = { ...row, goal, status, ...(workflow && { repo: workflow.submission.repo }) };
  return wanted.deep && workflow ? deepSummary(store, { summary, workflow }, wanted) : wanted.deep ? null : summary;
};

/** What is only known of the tasks and the calls of a workflow. */
const deepSummary = async (
  store: Store,
  { summary, workflow }: { readonly summary: TraceSummary; readonly workflow: WorkflowView },
  wanted: Wanted,
): Promise<TraceSummary | null> => {
  const of = { correlationId: workflow.id, limit: many };
  const [heads, callHeads] = await Promise.all([
    store.listHeads({ kind: 'task', ...of }),
    store.listHeads({ kind: 'call', ...of }),
  ]);
  const tasks = heads.map((head) => head.view as TaskView); // heads of kind task
  const calls = callHeads.map((head) => head.view as AnyCall); // heads of kind call
  const { model, author, agent, code, minUsd } = wanted;
  const models = [workflow.submission.model, ...calls.map((call) => ('model' in call ? String(call.model) : null))];
  const { costUsd } = usageOf(calls);
  const fits =
    (model === undefined || models.some((it) => has(it, model))) &&
    (author === undefined || tasks.some((task) => task.author !== null && has(task.author, author))) &&
    (agent === undefined || tasks.some((task) => Object.values(task.agents).some((it) => has(it, agent)))) &&
    (code === undefined || tasks.some((task) => task.code === code)) &&
    (minUsd === undefined || (costUsd ?? 0) >= minUsd);
  return fits ? { ...summary, costUsd } : null;
};
