import { z, type OpenAPIHono } from '@hono/zod-openapi';
import { setCookie } from 'hono/cookie';
import { HiveError } from '@hive/errors';
import {
  AgentSummary,
  ArtefactHash,
  Comparison,
  Health,
  Id,
  ReplayRequest,
  Report,
  Result,
  SubmitRequest,
  Submitted,
  TaskDetail,
  TraceSummary,
  Why,
  WorkflowSummary,
  catalogue,
  type Desk,
} from '@hive/events';
import { createRegistrar } from './endpoint.ts';
import { given, list, number, one, page } from './lists.ts';
import { serveOperations } from './operations.ts';
import { metricsOf } from './metrics.ts';
import type { PairCodes } from './pair-codes.ts';
import type { Sessions } from './sessions.ts';
import type { Streams } from './stream.ts';

/** What routes are served from. */
export type Served = {
  readonly desk: Desk;
  readonly sessions: Sessions;
  readonly codes: PairCodes;
  readonly streams: Streams;
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
};

/** A filter as the desk knows it; what was not said is left out. */
const filterOf = ({
  type,
  ...rest
}: {
  type?: string | undefined;
  after?: number | undefined;
  correlationId?: string | undefined;
}) => ({
  ...given(rest),
  ...(type !== undefined && type !== '' && { types: type.split(',') }),
});

/** All routes below `/api/v1`. What is not here does not exist. */
export const serveRoutes = (app: OpenAPIHono, { desk, sessions, codes, streams }: Served): void => {
  const serve = createRegistrar(app);

  serve(
    {
      method: 'post',
      path: '/pair',
      summary: 'Exchange a one-time code for the session of a browser',
      body: z.strictObject({ code: z.string().min(1).max(200) }),
      answer: z.object({ csrf: z.string() }),
    },
    ({ body, c }) => {
      if (!codes.redeem(body.code))
        return Promise.reject(
          new HiveError(
            'auth.forbidden',
            'This link was used before, or is older than two minutes; hive open gives a new one',
          ),
        );
      const session = sessions.issue();
      const secure = new URL(c.req.url).protocol === 'https:';
      setCookie(c, sessions.cookie, session.value, {
        path: '/api/',
        httpOnly: true,
        sameSite: 'Strict',
        secure,
        maxAge: sessions.maxAgeS,
      });
      return Promise.resolve({ csrf: session.csrf });
    },
  );
  serve(
    {
      method: 'post',
      path: '/pair/codes',
      summary: 'Make a link that pairs one browser once, within two minutes',
      answer: z.object({ url: z.string() }),
      status: 201,
    },
    // In the fragment: it is not sent to any server and stands in no log.
    ({ c }) => Promise.resolve({ url: `http://${c.req.header('host') ?? ''}/#pair=${codes.issue()}` }),
  );

  serve(
    {
      method: 'post',
      path: '/workflows',
      summary: 'Hand in a goal, a plan or a change',
      body: SubmitRequest,
      answer: Submitted,
      status: 201,
      okWhen: 'Nothing was made: a workflow with the same dedupe key is kept',
    },
    async ({ body, key, c }) => {
      const submitted = await desk.submit(body, key === undefined ? {} : { key });
      return submitted.duplicateOf === undefined ? submitted : c.json(submitted, 200);
    },
  );
  serve(
    {
      method: 'get',
      path: '/workflows',
      summary: 'Workflows, newest first',
      query: z.strictObject(list),
      answer: page(WorkflowSummary),
    },
    ({ query }) => desk.workflows(given(query)),
  );
  serve(
    {
      method: 'get',
      path: '/workflows/{id}',
      summary: 'The Result as it is now; `last` is the newest',
      params: one,
      answer: Result,
    },
    ({ params }) => desk.workflow(params.id),
  );
  serve(
    { method: 'post', path: '/workflows/{id}/cancel', summary: 'Cancel a workflow', params: one, answer: Result },
    ({ params }) => desk.cancel(params.id),
  );
  serve(
    {
      method: 'post',
      path: '/workflows/{id}/replay',
      summary: 'Run a settled workflow again from its recording, to its end or up to an event',
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
      method: 'get',
      path: '/workflows/{id}/comparison',
      summary: 'A replayed or forked workflow beside the one that it was made from',
      params: one,
      answer: Comparison,
    },
    ({ params }) => desk.comparison(params.id),
  );
  serveOperations(serve, desk);

  serve(
    {
      method: 'get',
      path: '/tasks',
      summary: 'Tasks, newest first; those of one workflow in the order of its plan',
      query: z.strictObject({ ...list, workflow: z.string().max(100).optional() }),
      answer: page(TaskDetail),
    },
    ({ query }) => desk.tasks(given(query)),
  );
  serve({ method: 'get', path: '/tasks/{id}', summary: 'One task', params: one, answer: TaskDetail }, ({ params }) =>
    desk.task(params.id),
  );
  serve(
    {
      method: 'post',
      path: '/tasks/{id}/retry',
      summary: 'Have a task tried again',
      params: one,
      body: z.strictObject({ note: z.string().max(4000).optional() }),
      answer: TaskDetail,
    },
    ({ params, body }) => desk.retry(params.id, given(body)),
  );
  serve(
    { method: 'post', path: '/tasks/{id}/cancel', summary: 'Cancel a task', params: one, answer: TaskDetail },
    ({ params }) => desk.cancelTask(params.id),
  );
  serve(
    {
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
      method: 'get',
      path: '/traces',
      summary: 'Traces, newest first',
      query: z.strictObject(list),
      answer: page(TraceSummary),
    },
    ({ query }) => desk.traces(given(query)),
  );
  serve(
    {
      method: 'get',
      path: '/traces/{id}',
      summary: 'All events of a trace in log order',
      params: one,
      answer: page(EventEnvelope),
    },
    async ({ params }) => ({
      items: await desk.trace(params.id),
      next: null,
    }),
  );
  serve(
    {
      method: 'get',
      path: '/events',
      summary: 'Events in log order, or newest first',
      query: z.strictObject({ ...events, limit: number.optional(), newest: z.enum(['true', 'false']).optional() }),
      answer: page(EventEnvelope),
    },
    ({ query: { newest, ...query } }) =>
      desk.events({ ...filterOf(query), ...(newest === 'true' && { newest: true }) }),
  );
  serve(
    {
      method: 'get',
      path: '/stream',
      summary: 'Server-sent events: hello, events, beat, bye',
      query: z.strictObject(events),
    },
    async ({ query, c }) => {
      await desk.events({ limit: 1 }); // a log that cannot be read is told before the answer begins
      // The browser resumes by this header; a new connection has only its address.
      const resumed = number.safeParse(c.req.header('last-event-id'));
      return streams.open({ ...filterOf(query), ...(resumed.success && { after: resumed.data }) }, c.req.raw.signal);
    },
  );

  serve(
    { method: 'get', path: '/agents', summary: 'The processes of the building', answer: page(AgentSummary) },
    async () => ({
      items: await desk.agents(),
      next: null,
    }),
  );
  serve(
    {
      method: 'get',
      path: '/artefacts/{hash}',
      summary: 'The bytes of an artefact',
      params: z.object({ hash: ArtefactHash }),
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
      method: 'get',
      path: '/report',
      summary: 'What happened since a moment, and what waits for a person',
      query: z.strictObject({ since: z.string().max(100).optional().describe('ISO; default: twelve hours ago') }),
      answer: Report,
    },
    ({ query }) => desk.report(given(query)),
  );
  serve({ method: 'get', path: '/system/health', summary: 'How Hive is', answer: Health }, () => desk.health());
  serve({ method: 'get', path: '/metrics', summary: 'How Hive is, for Prometheus' }, async ({ c }) =>
    c.body(metricsOf(await desk.health()), 200, { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' }),
  );
};
