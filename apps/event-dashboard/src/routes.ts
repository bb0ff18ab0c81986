import { z, type OpenAPIHono } from '@hono/zod-openapi';
import {
  AgentSummary,
  ArtefactHash,
  Comparison,
  Health,
  Id,
  ReplayRequest,
  Report,
  Result,
  SignedStatement,
  Submitted,
  TaskDetail,
  TraceColumns,
  TraceFilter,
  TraceSummary,
  Why,
  WorkflowSummary,
  catalogue,
  type Desk,
} from '@hive/events';
import type { Access } from './access/access.ts';
import type { PairCodes } from './access/pair-codes.ts';
import { serveAccess } from './access/serve-access.ts';
import { serveApprovals } from './approvals.ts';
import { compressed } from './compressed.ts';
import { createRegistrar, type Position } from './endpoint.ts';
import { createEncodedParts } from './encoded-parts.ts';
import { entityTag } from './entity-tag.ts';
import { amount, given, list, number, one, page } from './lists.ts';
import { describeApi } from './openapi/describe-api.ts';
import { documentOf } from './openapi/document-of.ts';
import { named } from './openapi/named.ts';
import type { Notices } from './notices/open-notices.ts';
import { serveNotices } from './notices/serve-notices.ts';
import { serveOperations } from './operations.ts';
import { serveScreens } from './screens.ts';
import { serveSubmission } from './submission.ts';
import type { Origins } from './gate.ts';
import type { Reach } from './tls/reach.ts';
import type { Streams } from './stream.ts';
import { traceLines } from './trace-lines.ts';

/** What routes are served from. */
export type Served = {
  readonly desk: Desk;
  readonly access: Access;
  readonly codes: PairCodes;
  readonly streams: Streams;
  readonly origins: Origins;
  readonly notices: Notices;
  /** The way in from other devices. */
  readonly reach: () => Reach;
  /** How Hive is, for Prometheus. */
  readonly metrics: () => Promise<string>;
  /** How far the log is. */
  readonly position: Position;
  /** What serves them, which is part of what an answer is known by. */
  readonly version: string;
};

const EventEnvelope = z.object({
  id: Id,
  position: z.int(),
  type: z.enum(Object.keys(catalogue)),
  stream: z.string(),
  version: z.int(),
  correlationId: Id,
  causationId: Id.nullable(),
  commandId: z.string().optional(),
  actor: z.string(),
  at: z.string(),
  data: z.record(z.string(), z.unknown()),
});

const events = {
  after: number.optional().describe('a position'),
  type: z.string().max(2000).optional().describe('types or patterns, separated by commas: task.*,workflow.failed'),
  correlationId: Id.optional(),
  stream: z.string().max(500).optional().describe('the events of one stream, such as task/<id> or system'),
};

/** A filter as the desk knows it; what was not said is left out. */
const filterOf = ({
  type,
  ...rest
}: {
  type?: string | undefined;
  after?: number | undefined;
  correlationId?: string | undefined;
  stream?: string | undefined;
}) => ({
  ...given(rest),
  ...(type !== undefined && type !== '' && { types: type.split(',') }),
});

/** All routes below `/api/v1`. What is not here does not exist. */
export const serveRoutes = (app: OpenAPIHono, served: Served): void => {
  const { desk, access, codes, streams, origins, reach, position, notices } = served;
  const serve = createRegistrar(app, position);
  const parts = createEncodedParts();

  serveAccess(serve, { access, codes, origins, reach });

  serve(
    {
      id: 'workflows',
      method: 'get',
      path: '/workflows',
      summary: 'Workflows, newest first',
      query: z.strictObject(list),
      answer: page(WorkflowSummary),
      tag: 'answer',
    },
    ({ query }) => desk.workflows(given(query)),
  );
  serve(
    {
      id: 'workflow',
      method: 'get',
      path: '/workflows/{id}',
      summary: 'The Result as it is now; `last` is the newest',
      params: one,
      answer: Result,
      tag: 'answer',
    },
    ({ params }) => desk.workflow(params.id),
  );
  serve(
    {
      id: 'cancel',
      method: 'post',
      path: '/workflows/{id}/cancel',
      summary: 'Cancel a workflow',
      params: one,
      keyed: true,
      answer: Result,
    },
    ({ params, key }) => desk.cancel(params.id, given({ key })),
  );
  serve(
    {
      id: 'replay',
      method: 'post',
      path: '/workflows/{id}/replay',
      summary: 'Run a settled workflow again from its recording, to its end or up to an event',
      keyed: true,
      params: one,
      body: ReplayRequest,
      mayBeEmpty: true,
      answer: Submitted,
      status: 201,
    },
    ({ params, body, key }) => desk.replay(params.id, body, key === undefined ? {} : { key }),
  );
  serve(
    {
      id: 'comparison',
      method: 'get',
      path: '/workflows/{id}/comparison',
      summary: 'A replayed or forked workflow beside the one that it was made from',
      params: one,
      answer: Comparison,
    },
    ({ params }) => desk.comparison(params.id),
  );
  serveSubmission(serve, desk);
  serveOperations(serve, desk);
  serveApprovals(serve, desk);
  serveNotices(serve, { notices, desk, access, origins });

  serve(
    {
      id: 'tasks',
      method: 'get',
      path: '/tasks',
      summary: 'Tasks, newest first; those of one workflow in the order of its plan',
      query: z.strictObject({ ...list, workflow: z.string().max(100).optional() }),
      answer: page(TaskDetail),
      tag: 'answer',
    },
    ({ query }) => desk.tasks(given(query)),
  );
  serveScreens(serve, desk);
  serve(
    { id: 'task', method: 'get', path: '/tasks/{id}', summary: 'One task', params: one, answer: TaskDetail },
    ({ params }) => desk.task(params.id),
  );
  serve(
    {
      id: 'retry',
      method: 'post',
      path: '/tasks/{id}/retry',
      summary: 'Have a task tried again',
      params: one,
      body: z.strictObject({ note: z.string().max(4000).optional() }),
      keyed: true,
      answer: TaskDetail,
    },
    ({ params, body, key }) => desk.retry(params.id, given({ ...body, key })),
  );
  serve(
    {
      id: 'cancelTask',
      method: 'post',
      path: '/tasks/{id}/cancel',
      summary: 'Cancel a task',
      params: one,
      answer: TaskDetail,
    },
    ({ params }) => desk.cancelTask(params.id),
  );
  serve(
    {
      id: 'why',
      method: 'get',
      path: '/why/{id}',
      summary: 'The evidence or the refusal behind a commit or task',
      params: one,
      answer: Why,
    },
    ({ params }) => desk.why(params.id),
  );
  serve(
    {
      id: 'statement',
      method: 'get',
      path: '/why/{id}/statement',
      summary: 'The evidence of a merge as a signed in-toto statement (DSSE), for whoever trusts the key of this Hive',
      params: one,
      answer: SignedStatement,
    },
    ({ params }) => desk.statement(params.id),
  );

  serve(
    {
      id: 'traces',
      method: 'get',
      path: '/traces',
      summary: 'Traces, newest first; with a filter an answer may have fewer than asked for, or none, and still go on',
      query: z.strictObject({
        ...TraceFilter.shape,
        minMs: number.optional(),
        maxMs: number.optional(),
        minErrors: number.optional(),
        minUsd: amount.optional(),
        ...list,
      }),
      answer: page(TraceSummary),
    },
    ({ query }) => desk.traces(given(query)),
  );
  serve(
    {
      id: 'trace',
      method: 'get',
      path: '/traces/{id}',
      summary:
        'All events of a trace in log order; with `format=columns` a part of it for drawing, without payloads; with `format=ndjson` a file with an event on each line',
      params: one,
      query: z.strictObject({
        format: z.enum(['events', 'columns', 'ndjson']).optional(),
        after: number.optional().describe('a position; for columns'),
        limit: number.optional().describe('at most and by default 10000; for columns'),
      }),
      answer: z.union([page(EventEnvelope), named(TraceColumns)]),
      tag: ({ params }) => traceTag(served, params.id),
    },
    async ({ params, query: { format, ...part }, c }) => {
      if (format === 'ndjson') return traceLines(c, desk, params.id);
      if (format !== 'columns') return { items: await desk.trace(params.id), next: null };
      const key = `${params.id} ${part.after ?? 0} ${part.limit ?? 0}`;
      const text = await parts.text(key, await traceTag(served, params.id), async () => {
        const columns = await desk.traceColumns(params.id, given(part));
        return { text: JSON.stringify(columns), isFull: columns.next !== null };
      });
      return compressed(c, text);
    },
  );
  serve(
    {
      id: 'event',
      method: 'get',
      path: '/events/{id}',
      summary: 'One event with its payload',
      params: z.object({ id: Id }),
      answer: EventEnvelope,
    },
    ({ params }) => desk.event(params.id),
  );
  serve(
    {
      id: 'events',
      method: 'get',
      path: '/events',
      summary: 'Events in log order, or newest first',
      query: z.strictObject({
        ...events,
        limit: number.optional(),
        newest: z.enum(['true', 'false']).optional().describe('newest first; after goes on with what is older'),
        until: number.optional().describe('a position: nothing that comes after it'),
        since: z.string().max(100).optional().describe('from this moment on (ISO)'),
        before: z.string().max(100).optional().describe('what was before this moment (ISO)'),
      }),
      answer: page(EventEnvelope),
    },
    ({ query: { newest, since, before, until, ...query } }) =>
      desk.events({
        ...filterOf(query),
        ...given({ since, before, until }),
        ...(newest === 'true' && { newest: true }),
      }),
  );
  serve(
    {
      id: 'follow',
      method: 'get',
      path: '/stream',
      summary: 'Server-sent events: hello, events, beat, bye',
      type: 'text/event-stream',
      query: z.strictObject(events),
    },
    async ({ query, c }) => {
      await desk.events({ limit: 1 }); // a log that cannot be read is told before the answer begins
      // The browser resumes by this header; a new connection has only its address.
      const resumed = number.safeParse(c.req.header('last-event-id'));
      const gone = AbortSignal.any([c.req.raw.signal, c.var.principal.revoked]);
      return streams.open({ ...filterOf(query), ...(resumed.success && { after: resumed.data }) }, gone);
    },
  );

  serve(
    {
      id: 'agents',
      method: 'get',
      path: '/agents',
      summary: 'The processes of the building',
      answer: page(AgentSummary),
    },
    async () => ({
      items: await desk.agents(),
      next: null,
    }),
  );
  serve(
    {
      id: 'artefact',
      method: 'get',
      path: '/artefacts/{hash}',
      summary: 'The bytes of an artefact',
      params: z.object({ hash: ArtefactHash }),
      type: 'text/plain',
      tag: ({ params }) => Promise.resolve(entityTag(params.hash)),
    },
    async ({ params, c }) =>
      c.body(Uint8Array.from(await desk.artefact(params.hash)), 200, {
        // Whatever a task wrote is shown as text and never run by a browser.
        'content-type': 'text/plain; charset=utf-8',
        'cache-control': 'private, max-age=31536000, immutable',
      }),
  );
  serve(
    {
      id: 'report',
      method: 'get',
      path: '/report',
      summary: 'What happened since a moment, and what waits for a person',
      query: z.strictObject({ since: z.string().max(100).optional().describe('ISO; default: twelve hours ago') }),
      answer: Report,
    },
    ({ query }) => desk.report(given(query)),
  );
  serve({ id: 'health', method: 'get', path: '/system/health', summary: 'How Hive is', answer: Health }, async () => ({
    ...(await desk.health()),
    streams: streams.count(),
  }));
  serve(
    { id: 'metrics', method: 'get', path: '/metrics', summary: 'How Hive is, for Prometheus', type: 'text/plain' },
    async ({ c }) =>
      c.body(await served.metrics(), 200, { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' }),
  );
  serve(
    {
      id: 'openapi',
      method: 'get',
      path: '/openapi.json',
      summary: 'This document',
      answer: z.record(z.string(), z.unknown()),
      tag: 'answer',
    },
    () => Promise.resolve(documentOf(app, served.version)),
  );
  describeApi(app, access);
};

/** The newest event of a trace: the log is only ever added to, so what ends with the same event is the same. null for an id that is not whole. */
const traceTag = async ({ desk, version }: Served, id: string): Promise<string | null> => {
  if (!Id.safeParse(id).success) return null;
  const { items } = await desk.events({ correlationId: id, newest: true, limit: 1 });
  return items[0] ? entityTag(`${version} ${items[0].id}`, { weak: true }) : null;
};
