// A stand-in for the event dashboard: the built control room and a told story over the same API. For looking and for tests.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { readFile } from 'node:fs/promises';
import { extname, join, normalize } from 'node:path';
import type { AddressInfo } from 'node:net';
import {
  foldStream,
  parseStream,
  reportOf,
  resultOf,
  type AgentSummary,
  type HiveEvent,
  type Result,
  type TraceSummary,
  type Views,
  type WorkflowSummary,
} from '@hive/events';
import type { Story } from './stories.ts';

const dist = join(import.meta.dirname, '../dist');
const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.webmanifest': 'application/manifest+json',
  '.txt': 'text/plain',
};

/** The policy of the control room; the built app has to work under it. */
export const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "worker-src 'self'",
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  'trusted-types lit-html hive-sw',
].join('; ');

/** A running fixture. `advance` lets the next events of the story happen; without a session all of the API answers 401. */
export type Fixture = {
  readonly url: string;
  readonly story: Story;
  advance(events: number): number;
  setPaired(paired: boolean): void;
  /** From now on a new version is served: the same files under another service worker. */
  deploy(): void;
  close(): Promise<void>;
};

const resultFrom = (events: readonly HiveEvent[]): Result | null => {
  const views = new Map<string, unknown>();
  for (const event of events) views.set(event.stream, foldStream(views.get(event.stream) ?? null, event));
  const ofKind = <K extends keyof Views>(kind: K) =>
    [...views].filter(([stream]) => parseStream(stream).kind === kind).map(([, view]) => view as Views[K]);
  const [workflow] = ofKind('workflow');
  return workflow
    ? resultOf({ workflow, tasks: ofKind('task'), merge: ofKind('merge')[0] ?? null, calls: ofKind('call') })
    : null;
};

const summaryOf = (result: Result): WorkflowSummary => ({
  id: result.workflow,
  goal: result.goal,
  repo: result.repo,
  status: result.status,
  tasks: result.tasks.length,
  merged: result.merged,
  counts: Object.fromEntries(
    [...Map.groupBy(result.tasks, ({ status }) => status)].map(([status, tasks]) => [status, tasks.length]),
  ),
  example: result.example,
  submittedAt: result.submittedAt,
  settledAt: result.settledAt,
});

const bad = /failed|refused|expired|blocked|dead_lettered|rejected/;

const traceSummary = (events: readonly HiveEvent[]): TraceSummary => {
  const result = resultFrom(events);
  return {
    correlationId: events[0]?.correlationId ?? '',
    goal: result?.goal ?? null,
    status: result?.status ?? null,
    firstAt: events[0]?.at ?? '',
    lastAt: events.at(-1)?.at ?? '',
    events: events.length,
    errors: events.filter(({ type }) => bad.test(type)).length,
  };
};

const agentsOf = (log: readonly HiveEvent[]): AgentSummary[] =>
  log.flatMap((event) => {
    if (event.type !== 'agent.registered') return [];
    const { capabilities, ...who } = event.data;
    const works = who.agent === 'worker-2' || who.agent === 'worker-1';
    return [
      {
        ...who,
        capabilities,
        status: works ? ('busy' as const) : ('idle' as const),
        load: works ? 1 : 0,
        step: works
          ? {
              kind: who.agent === 'worker-2' ? 'check' : 'work',
              taskId: null,
              title: who.agent === 'worker-2' ? 'Read through a stream' : 'Write through a stream',
            }
          : null,
        startedAt: event.at,
        beatAgeMs: 400,
      },
    ];
  });

/** Serves the built control room and the story. `port` 0 takes a free one. */
export const startFixture = async (story: Story, options: { readonly port?: number } = {}): Promise<Fixture> => {
  const log: HiveEvent[] = [...story.past];
  const future = [...story.future];
  const clients = new Set<ServerResponse>();
  let paired = true;
  let version = 1;

  const traces = () => [...Map.groupBy(log, ({ correlationId }) => correlationId).values()];
  const traceOf = (id: string) => traces().find((events) => events[0]?.correlationId.endsWith(id));
  const page = (items: readonly unknown[]) => ({ items, next: null });

  const api: Readonly<Record<string, (id: string, query: URLSearchParams) => unknown>> = {
    workflows: (id) =>
      id === ''
        ? page(
            traces()
              .map(resultFrom)
              .filter((it) => it !== null)
              .map(summaryOf),
          )
        : resultFrom(traceOf(id) ?? []),
    traces: (id) => (id === '' ? page(traces().map(traceSummary).reverse()) : page(traceOf(id) ?? [])),
    agents: () => page(agentsOf(log)),
    report: () => {
      const since = log[0]?.at ?? '';
      return reportOf({
        events: log,
        since,
        until: log.at(-1)?.at ?? since,
        waiting: [],
        nameOf: (key) => ({ key, title: '' }),
      });
    },
    events: (_id, query) =>
      page(log.filter(({ position }) => position > Number(query.get('after') ?? 0)).slice(0, 500)),
  };

  const frame = (name: string, data: unknown, id?: number) =>
    `event: ${name}\n${id === undefined ? '' : `id: ${id}\n`}data: ${JSON.stringify(data)}\n\n`;
  const head = () => log.at(-1)?.position ?? 0;
  const stream = (response: ServerResponse, after: number) => {
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache, no-transform' });
    response.write(frame('hello', { build: 'fixture', head: head(), oldest: 1, beatMs: 15_000 }));
    const missed = log.filter(({ position }) => position > after);
    if (missed.length > 0) response.write(frame('events', missed, head()));
    clients.add(response);
    response.on('close', () => clients.delete(response));
  };

  const answer = (response: ServerResponse, status: number, body: unknown) => {
    response.writeHead(status, {
      'content-type': status < 400 ? 'application/json' : 'application/problem+json',
      'cache-control': 'no-store',
    });
    response.end(JSON.stringify(body));
  };

  const takeApi = (request: IncomingMessage, response: ServerResponse, url: URL) => {
    const [name = '', id = ''] = url.pathname.slice('/api/v1/'.length).split('/');
    if (name === 'pair') {
      paired = true;
      return answer(response, 200, { csrf: 'fixture' });
    }
    if (!paired) return answer(response, 401, { code: 'auth.missing', detail: 'This browser is not paired' });
    if (name === 'stream')
      return stream(response, Number(request.headers['last-event-id'] ?? url.searchParams.get('after') ?? head()));
    const found = api[name]?.(decodeURIComponent(id), url.searchParams);
    return found
      ? answer(response, 200, found)
      : answer(response, 404, { code: 'http.not_found', detail: 'There is nothing here' });
  };

  const takeFile = async (response: ServerResponse, pathname: string) => {
    const isPage = extname(pathname) === '';
    const file = join(dist, normalize(isPage ? '/index.html' : pathname));
    const body = await readFile(file).catch(() => null);
    if (!body) return answer(response, 404, { code: 'http.not_found', detail: 'There is no such file' });
    response.writeHead(200, {
      'content-type': types[extname(file)] ?? 'application/octet-stream',
      'content-security-policy': contentSecurityPolicy,
      'cache-control': pathname.startsWith('/assets/') ? 'public, max-age=31536000, immutable' : 'no-cache',
    });
    response.end(pathname === '/sw.js' ? `${body.toString()}\n// version ${version}` : body);
  };

  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://localhost');
    if (url.pathname.startsWith('/api/v1/')) takeApi(request, response, url);
    else void takeFile(response, url.pathname);
  });
  await new Promise<void>((resolve) => server.listen(options.port ?? 0, '127.0.0.1', resolve));

  return {
    url: `http://localhost:${(server.address() as AddressInfo).port}`,
    story,
    advance(events) {
      const fresh = future.splice(0, events);
      log.push(...fresh);
      for (const client of clients) if (fresh.length > 0) client.write(frame('events', fresh, head()));
      return fresh.length;
    },
    setPaired(value) {
      paired = value;
      for (const client of clients) client.end();
    },
    deploy() {
      version += 1;
    },
    close: () =>
      new Promise((resolve) => {
        for (const client of clients) client.end();
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
};
