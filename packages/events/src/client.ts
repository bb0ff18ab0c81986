import { HiveError, isCode, type Remedy } from '@hive/errors';
import type {
  AgentSummary,
  Desk,
  EventFilter,
  Health,
  Page,
  Submitted,
  TaskDetail,
  TraceSummary,
  Why,
  WorkflowSummary,
} from './api.ts';
import type { BoxSummary } from './boxes.ts';
import type { HiveEvent } from './catalogue.ts';
import type { DeadLetter, DeadLetterDetail, DeadLetterOutcome, ScheduleSummary, SystemState } from './operations.ts';
import type { Comparison } from './replay.ts';
import { followStream } from './follow-stream.ts';
import type { Report } from './report.ts';
import type { Result } from './result.ts';
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
/** Every patch of a large plan is tried before it is accepted. */
const submitMs = 300_000;

/** The front desk over HTTP. Throws HiveErrors as the desk itself does; `hive.unreachable` when nobody answers. */
export const createDeskClient = (options: DeskClientOptions): Desk => {
  const send = createSend(options);

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
    cancel: (id) => ask<Result>(`/workflows/${part(id)}/cancel`, { body: {} }),
    replay: (id, request = {}, { key } = {}) =>
      ask<Submitted>(`/workflows/${part(id)}/replay`, { body: request, key, timeoutMs: submitMs }),
    comparison: (id) => ask<Comparison>(`/workflows/${part(id)}/comparison`),
    pause: (id, request = {}) => ask<Result>(`/workflows/${part(id)}/pause`, { body: request }),
    resume: (id, request = {}) => ask<Result>(`/workflows/${part(id)}/resume`, { body: request }),
    pauseSystem: (request = {}) => ask<SystemState>('/system/pause', { body: request }),
    resumeSystem: (request = {}) => ask<SystemState>('/system/resume', { body: request }),
    tasks: (page = {}) => ask<Page<TaskDetail>>(`/tasks${query(page)}`),
    task: (id) => ask<TaskDetail>(`/tasks/${part(id)}`),
    retry: (id, note = {}) => ask<TaskDetail>(`/tasks/${part(id)}/retry`, { body: note }),
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
    traces: (page = {}) => ask<Page<TraceSummary>>(`/traces${query(page)}`),
    trace: async (id) => readable(await ask<Page<HiveEvent>>(`/traces/${part(id)}`)).items,
    events,
    follow: (filter, signal, follow = {}) => followStream({ send, pathOf: streamPath }, filter, signal, follow),
    agents: async () => (await ask<Page<AgentSummary>>('/agents')).items,
    boxes: async () => (await ask<Page<BoxSummary>>('/boxes')).items,
    quietBox: (name, request = {}) => ask<BoxSummary>(`/boxes/${part(name)}/quiet`, { body: request }),
    artefact: async (hash) =>
      new Uint8Array(
        await (await send(`/artefacts/${part(hash)}`, { signal: AbortSignal.timeout(readMs) })).arrayBuffer(),
      ),
    report: (since = {}) => ask<Report>(`/report${query(since)}`),
    health: () => ask<Health>('/system/health'),
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
  return async (path, init) => {
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
    if (!response.ok) throw await refusalOf(response);
    return response;
  };
};

const remedies = new Set<string>(['retry', 'give_up', 'fix_config'] satisfies Remedy[]);

type Problem = { code?: string; detail?: string; title?: string; remedy?: string; details?: Record<string, unknown> };

const refusalOf = async (response: Response): Promise<HiveError> => {
  // Whatever stands between us and Hive may answer with anything.
  const problem = (await response.json().catch(() => ({}))) as Problem;
  const code = problem.code !== undefined && isCode(problem.code) ? problem.code : 'internal';
  const retryAfterS = Number(response.headers.get('retry-after') ?? NaN);
  return new HiveError(code, problem.detail ?? problem.title ?? `Hive answered ${response.status}`, {
    ...(problem.remedy !== undefined && remedies.has(problem.remedy) && { remedy: problem.remedy as Remedy }), // a member of the set
    ...(Number.isFinite(retryAfterS) && { retryAfterMs: retryAfterS * 1000 }),
    details: problem.details ?? {},
  });
};
