import type { NoticeSettings, NoticeTried, Notifying } from './notice-api.ts';
import { HiveError, type Code, type Remedy } from '@hive/errors';
import type {
  AgentSummary,
  Desk,
  EventFilter,
  Health,
  Page,
  Submitted,
  TaskDetail,
  DayBudget,
  TraceSummary,
  Why,
  WorkflowSummary,
  Alert,
} from './api.ts';
import type {
  DeviceSummary,
  Entrance,
  PairCode,
  Paired,
  SessionSummary,
  TokenMade,
  TokenSummary,
} from './access-api.ts';
import type { ApprovalSummary } from './approval-api.ts';
import type { BoxSummary } from './boxes.ts';
import type { TaskCard, TaskCounts } from './board.ts';
import type { HiveEvent } from './catalogue.ts';
import type { Choices, RepoLook } from './choices.ts';
import type { Figures } from './figures.ts';
import type { LimitWindow } from './limit-window.ts';
import type {
  DeadLetter,
  DeadLetterDetail,
  DeadLetterOutcome,
  Remote,
  ScheduleSummary,
  SystemState,
} from './operations.ts';
import type { Comparison } from './replay.ts';
import { pause } from './pause-for.ts';
import type { Report } from './report.ts';
import type { Result } from './result.ts';
import type { SignedStatement } from './statement.ts';
import type { TraceColumns } from './trace-columns.ts';
import { upcast } from './upcast.ts';

/** How the desk is reached. Programs have a token; a browser has its cookie, and `headers` for unsafe requests. */
export type DeskClientOptions = {
  /** Where Hive answers, e.g. `http://127.0.0.1:4483`; empty for the page's own server. */
  readonly url: string;
  readonly token?: string;
  /** Asked for each request. */
  readonly headers?: () => Readonly<Record<string, string>>;
  readonly fetch?: typeof fetch;
};

/** What one request asks; a `body` makes it a POST. */
type Asked = { readonly body?: unknown; readonly key?: string | undefined; readonly timeoutMs?: number };

/** Sends one request and answers its response when it is a good one. Throws what the server refused, as it said it. */
export type Send = (path: string, init: RequestInit) => Promise<Response>;

const readMs = 30_000;
/** How often, and at most how long each time, a client waits that has asked too much. */
const mostWaits = 3;
const longestWaitMs = 10_000;
/** Every patch of a large plan is tried before it is accepted. */
const submitMs = 300_000;

/** What the server tells of itself, beside the front desk. */
type Server = {
  /** How Hive is, in the text format of Prometheus. */
  metrics(): Promise<string>;
  /** The OpenAPI document of all that is served. */
  openapi(): Promise<Readonly<Record<string, unknown>>>;
};

/** All that is served over HTTP: the front desk, who may come in, and what the server tells of itself. */
export type DeskClient = Desk & Entrance & Notifying & Server;

/** The front desk over HTTP. Throws HiveErrors as the desk itself does; `hive.unreachable` when nobody answers. */
export const createDeskClient = (options: DeskClientOptions): DeskClient => {
  const send = createSend(options);
  const calls = createDeskCalls(options, send);
  return {
    ...calls,
    follow: async function* (filter, signal, follow = {}) {
      const { followStream } = await import('./follow-stream.ts');
      yield* followStream({ send, pathOf: streamPath, events: calls.events }, filter, signal, follow);
    },
  };
};

/** The same without following the log: for a page, which has a stream of its own and every byte of which is waited for. */
export const createDeskCalls = (
  options: DeskClientOptions,
  send: Send = createSend(options),
): Omit<DeskClient, 'follow'> => {
  const ask = async <T>(path: string, { body, key, timeoutMs = readMs }: Asked = {}): Promise<T> => {
    const post: RequestInit = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) };
    const response = await send(path, {
      ...post,
      signal: AbortSignal.timeout(timeoutMs),
      headers: {
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...(key !== undefined && { 'idempotency-key': key }),
      },
    });
    // The server validated it with the schemas that these types are inferred from.
    return (await response.json()) as T;
  };

  const events: Desk['events'] = ({ types, ...rest } = {}) =>
    ask<Page<HiveEvent>>(`/events${query({ ...rest, type: types?.join(',') })}`).then(readable);

  return {
    submit: (request, { key } = {}) => ask('/workflows', { body: request, key, timeoutMs: submitMs }),
    workflows: (page = {}) => ask<Page<WorkflowSummary>>(`/workflows${query(page)}`),
    workflow: (id) => ask<Result>(`/workflows/${part(id)}`),
    runExample: ({ key } = {}) => ask<Submitted>('/example', { body: {}, key, timeoutMs: submitMs }),
    choices: () => ask<Choices>('/choices'),
    lookAtRepo: (asked) => ask<RepoLook>(`/repos/look${query(asked)}`),
    cancel: (id, { key } = {}) => ask<Result>(`/workflows/${part(id)}/cancel`, { body: {}, key }),
    replay: (id, request = {}, { key } = {}) =>
      ask<Submitted>(`/workflows/${part(id)}/replay`, { body: request, key, timeoutMs: submitMs }),
    comparison: (id) => ask<Comparison>(`/workflows/${part(id)}/comparison`),
    pause: (id, request = {}, { key } = {}) => ask<Result>(`/workflows/${part(id)}/pause`, { body: request, key }),
    resume: (id, request = {}, { key } = {}) => ask<Result>(`/workflows/${part(id)}/resume`, { body: request, key }),
    pauseSystem: (request = {}) => ask<SystemState>('/system/pause', { body: request }),
    pauseAgent: (name, request = {}) => ask<SystemState>(`/agents/${part(name)}/pause`, { body: request }),
    resumeAgent: (name, request = {}) => ask<SystemState>(`/agents/${part(name)}/resume`, { body: request }),
    acknowledge: (request) => ask<Alert>('/system/alerts/acknowledge', { body: request }),
    resumeSystem: (request = {}) => ask<SystemState>('/system/resume', { body: request }),
    tasks: (page = {}) => ask<Page<TaskDetail>>(`/tasks${query(page)}`),
    task: (id) => ask<TaskDetail>(`/tasks/${part(id)}`),
    taskCards: ({ states, ...rest } = {}) =>
      ask<Page<TaskCard>>(`/tasks/cards${query({ ...rest, state: states?.join(',') })}`),
    taskCounts: (of = {}) => ask<TaskCounts>(`/tasks/counts${query(of)}`),
    approvals: (filter = {}) => ask<Page<ApprovalSummary>>(`/approvals${query(filter)}`),
    approval: (id) => ask<ApprovalSummary>(`/approvals/${part(id)}`),
    decide: (id, request, { key } = {}) =>
      ask<ApprovalSummary>(`/approvals/${part(id)}/decide`, { body: request, key }),
    retry: (id, { key, ...note } = {}) => ask<TaskDetail>(`/tasks/${part(id)}/retry`, { body: note, key }),
    cancelTask: (id) => ask<TaskDetail>(`/tasks/${part(id)}/cancel`, { body: {} }),
    deadLetters: (filter = {}) => ask<Page<DeadLetter>>(`/dead-letters${query(filter)}`),
    deadLetter: (id) => ask<DeadLetterDetail>(`/dead-letters/${part(id)}`),
    redrive: (request) => ask<DeadLetterOutcome>('/dead-letters/redrive', { body: request }),
    discard: (request) => ask<DeadLetterOutcome>('/dead-letters/discard', { body: request }),
    schedule: (request, { key } = {}) =>
      ask<ScheduleSummary>('/schedules', { body: request, key, timeoutMs: submitMs }),
    schedules: (page = {}) => ask<Page<ScheduleSummary>>(`/schedules${query(page)}`),
    scheduled: (id) => ask<ScheduleSummary>(`/schedules/${part(id)}`),
    unschedule: (id, request = {}) => ask<ScheduleSummary>(`/schedules/${part(id)}/remove`, { body: request }),
    why: (commitOrTask) => ask<Why>(`/why/${part(commitOrTask)}`),
    statement: (commitOrTask) => ask<SignedStatement>(`/why/${part(commitOrTask)}/statement`),
    traces: (page = {}) => ask<Page<TraceSummary>>(`/traces${query(page)}`),
    trace: async (id) => readable(await ask<Page<HiveEvent>>(`/traces/${part(id)}`)).items,
    traceColumns: (id, page = {}) => ask<TraceColumns>(`/traces/${part(id)}${query({ format: 'columns', ...page })}`),
    event: async (id) => upcast(await ask<HiveEvent>(`/events/${part(id)}`)),
    events,
    agents: async () => (await ask<Page<AgentSummary>>('/agents')).items,
    boxes: async () => (await ask<Page<BoxSummary>>('/boxes')).items,
    tellTools: (name, request) => ask<BoxSummary>(`/boxes/${part(name)}/tools`, { body: request }),
    quietBox: (name, request = {}) => ask<BoxSummary>(`/boxes/${part(name)}/quiet`, { body: request }),
    addRemote: (request) => ask<Remote>('/remotes', { body: request }),
    limits: async () => (await ask<Page<LimitWindow>>('/limits')).items,
    budget: () => ask<DayBudget>('/budget'),
    figures: (window = {}) => ask<Figures>(`/system/figures${query(window)}`),
    artefact: async (hash) =>
      new Uint8Array(
        await (await send(`/artefacts/${part(hash)}`, { signal: AbortSignal.timeout(readMs) })).arrayBuffer(),
      ),
    report: (since = {}) => ask<Report>(`/report${query(since)}`),
    health: () => ask<Health>('/system/health'),

    metrics: async () => (await send('/metrics', { signal: AbortSignal.timeout(readMs) })).text(),
    openapi: () => ask<Readonly<Record<string, unknown>>>('/openapi.json'),

    pair: (code) => ask<Paired>('/pair', { body: { code } }),
    pairCode: (request = {}) => ask<PairCode>('/pair/codes', { body: request }),
    session: () => ask<SessionSummary>('/session'),
    devices: async () => (await ask<Page<DeviceSummary>>('/devices')).items,
    renameDevice: (id, request) => ask<DeviceSummary>(`/devices/${part(id)}/rename`, { body: request }),
    revokeDevice: (id) => ask<DeviceSummary>(`/devices/${part(id)}/revoke`, { body: {} }),
    tokens: async () => (await ask<Page<TokenSummary>>('/tokens')).items,
    notifications: () => ask<NoticeSettings>('/notifications'),
    subscribe: (request) => ask<NoticeSettings>('/notifications/subscribe', { body: request }),
    unsubscribe: () => ask<NoticeSettings>('/notifications/unsubscribe', { body: {} }),
    tryNotification: () => ask<NoticeTried>('/notifications/test', { body: {} }),
    decideNotified: (request) => ask<ApprovalSummary>('/notifications/decide', { body: request }),
    createToken: (request) => ask<TokenMade>('/tokens', { body: request }),
    revokeToken: (id) => ask<TokenSummary>(`/tokens/${part(id)}/revoke`, { body: {} }),
  };
};

/** A server may be newer or older than whoever asks it. */
const readable = (page: Page<HiveEvent>): Page<HiveEvent> => ({ ...page, items: page.items.map((it) => upcast(it)) });

const part = encodeURIComponent;

const query = (values: Readonly<Record<string, string | number | boolean | undefined>>): string => {
  const search = new URLSearchParams();
  for (const [key, value] of Object.entries(values)) if (value !== undefined) search.set(key, String(value));
  return search.size === 0 ? '' : `?${search.toString()}`;
};

const streamPath = ({ types, correlationId }: EventFilter, after: number | undefined): string =>
  `/stream${query({ type: types?.join(','), correlationId, after })}`;

const createSend = ({ url, token, headers, fetch: own }: DeskClientOptions): Send => {
  const base = `${url.replace(/\/+$/, '')}/api/v1`;
  const request = own ?? fetch;
  const send = async (path: string, init: RequestInit, waits: number): Promise<Response> => {
    const response = await request(`${base}${path}`, {
      ...init,
      headers: {
        ...(init.headers as Record<string, string> | undefined), // only plain objects are handed in here
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
        ...headers?.(),
      },
    }).catch((cause: unknown) => {
      throw new HiveError('hive.unreachable', `No Hive answers at ${url || 'this address'}; start it with: hive up`, {
        remedy: 'retry',
        cause,
      });
    });
    if (response.ok) return response;
    const refusal = await refusalOf(response);
    // Nothing was done about a request that came too soon, so it may come again.
    if (refusal.code !== 'http.too_many' || waits >= mostWaits || (refusal.retryAfterMs ?? Infinity) > longestWaitMs)
      throw refusal;
    await pause(refusal.retryAfterMs ?? 0, init.signal);
    return send(path, init, waits + 1);
  };
  return (path, init) => send(path, init, 0);
};

const remedies = new Set<string>(['retry', 'give_up', 'fix_config'] satisfies Remedy[]);

type Problem = { code?: string; detail?: string; title?: string; remedy?: string; details?: Record<string, unknown> };

/** What reads like a code is taken as told: a newer Hive may know more of them than this client. */
const codeLike = /^[a-z]+\.[a-z_]+$/;

const refusalOf = async (response: Response): Promise<HiveError> => {
  // Whatever stands between us and Hive may answer with anything.
  const problem = (await response.json().catch(() => ({}))) as Problem;
  const code = codeLike.test(problem.code ?? '') ? (problem.code as Code) : 'internal';
  const retryAfterS = Number(response.headers.get('retry-after') ?? NaN);
  return new HiveError(code, problem.detail ?? problem.title ?? `Hive answered ${response.status}`, {
    ...(problem.remedy !== undefined && remedies.has(problem.remedy) && { remedy: problem.remedy as Remedy }), // a member of the set
    ...(Number.isFinite(retryAfterS) && { retryAfterMs: retryAfterS * 1000 }),
    details: problem.details ?? {},
  });
};
