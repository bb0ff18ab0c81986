import type { AgentSummary, Desk, HiveEvent, Page, Result, TraceSummary, WorkflowSummary } from '@hive/events';
import { csrfHeader } from './session.ts';

/** What the control room asks of the front desk. */
export type RoomDesk = Pick<Desk, 'workflows' | 'workflow' | 'traces' | 'trace' | 'events' | 'agents' | 'cancel' | 'retry'>;

/** A refusal by the server, or no answer at all (`status` 0). The message is a sentence for people. */
export class DeskError extends Error {
  override readonly name = 'DeskError';
  readonly status: number;
  readonly code: string;

  constructor(message: string, problem: { readonly status: number; readonly code: string; readonly cause?: unknown }) {
    super(message, { cause: problem.cause });
    this.status = problem.status;
    this.code = problem.code;
  }
}

/** How the desk is reached. `onUnpaired` is told when the server does not know this browser (any more). */
export type DeskOptions = {
  readonly fetch?: typeof fetch;
  readonly onUnpaired?: () => void;
};

const query = (values: Record<string, string | number | boolean | undefined>): string => {
  const set = Object.entries(values).flatMap(([key, value]) => (value === undefined ? [] : [[key, String(value)]]));
  return set.length === 0 ? '' : `?${new URLSearchParams(set).toString()}`;
};

const problemOf = async (response: Response): Promise<DeskError> => {
  // A proxy in between may answer with anything.
  const problem = (await response.json().catch(() => ({}))) as { code?: string; detail?: string; title?: string };
  return new DeskError(problem.detail ?? problem.title ?? `Hive answered ${response.status}`, {
    status: response.status,
    code: problem.code ?? 'internal',
  });
};

/** The front desk over HTTP, with the session of this browser. */
export const createRoomDesk = (options: DeskOptions = {}): RoomDesk => {
  const send = options.fetch ?? fetch.bind(globalThis);
  const ask = async <T>(path: string, body?: unknown): Promise<T> => {
    const init: RequestInit =
      body === undefined
        ? {}
        : {
            method: 'POST',
            headers: { 'content-type': 'application/json', 'idempotency-key': crypto.randomUUID(), ...csrfHeader() },
            body: JSON.stringify(body),
          };
    const response = await send(`/api/v1${path}`, { ...init, signal: AbortSignal.timeout(20_000) }).catch((cause: unknown) => {
      throw new DeskError('Hive does not answer. Is it up? Start it with: hive up', { status: 0, code: 'hive.unreachable', cause });
    });
    if (response.status === 401) options.onUnpaired?.();
    if (!response.ok) throw await problemOf(response);
    // The server validates its answers with the schemas of @hive/events; doing so again would load them into every page.
    return (await response.json()) as T;
  };
  const path = encodeURIComponent;
  return {
    workflows: (page = {}) => ask<Page<WorkflowSummary>>(`/workflows${query(page)}`),
    workflow: (id) => ask<Result>(`/workflows/${path(id)}`),
    traces: (page = {}) => ask<Page<TraceSummary>>(`/traces${query(page)}`),
    trace: async (id) => {
      const answer = await ask<readonly HiveEvent[] | Page<HiveEvent>>(`/traces/${path(id)}`);
      return 'items' in answer ? answer.items : answer;
    },
    events: ({ types, ...rest } = {}) => ask<Page<HiveEvent>>(`/events${query({ ...rest, type: types?.join(',') })}`),
    agents: async () => {
      const answer = await ask<readonly AgentSummary[] | Page<AgentSummary>>('/agents');
      return 'items' in answer ? answer.items : answer;
    },
    cancel: (id) => ask<Result>(`/workflows/${path(id)}/cancel`, {}),
    retry: (id, note = {}) => ask(`/tasks/${path(id)}/retry`, note),
  };
};
