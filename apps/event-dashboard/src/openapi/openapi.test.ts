import { createDeskClient } from '@hive/events';
import { expect, test } from 'vitest';
import { Document } from '../testing/openapi-structure.ts';
import { openDashboard } from '../testing/dashboard.ts';

const read = async () => {
  const dashboard = openDashboard({});
  const answer = await dashboard.ask('/api/v1/openapi.json');
  const raw = await answer.json();
  return { ...dashboard, raw, document: Document.parse(raw) };
};

const operations = ({ paths }: Document) =>
  Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      route: `${method.toUpperCase()} ${path}`,
      path,
      operation,
    })),
  );

test('the document is one of OpenAPI 3.1, every reference leads somewhere, and every component is used', async () => {
  const { raw, document } = await read();
  const text = JSON.stringify(raw);
  const used = new Set([...text.matchAll(/"\$ref":"#\/components\/(\w+\/[\w.-]+)"/g)].map(([, name]) => name));
  for (const operation of operations(document))
    for (const scheme of operation.operation.security)
      for (const name of Object.keys(scheme)) used.add(`securitySchemes/${name}`);
  const there = Object.entries(document.components).flatMap(([kind, all]) =>
    Object.keys(all as object).map((name) => `${kind}/${name}`),
  );
  expect([...used].filter((name) => !there.includes(name ?? ''))).toEqual([]);
  expect(there.filter((name) => !used.has(name))).toEqual([]);
});

test('every parameter of a path is described, operations have names of their own, and nobody gets in without a key but to pair', async () => {
  const { document } = await read();
  const all = operations(document);
  expect(new Set(all.map(({ operation }) => operation.operationId)).size).toBe(all.length);
  for (const { path, route, operation } of all) {
    const described = (operation.parameters ?? []).filter((it) => it.in === 'path').map(({ name }) => name);
    expect(described.sort(), route).toEqual([...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).sort());
    expect(Object.keys(operation.responses), route).toEqual(expect.arrayContaining(['403', '421', '429', 'default']));
  }
  expect(all.filter(({ operation }) => operation.security.length === 0).map(({ route }) => route)).toEqual([
    'POST /api/v1/pair',
    'POST /api/v1/notifications/decide', // asks for the cookie and a grant by itself
  ]);
});

test('what is served is in the document, and nothing else is', async () => {
  const { app, document } = await read();
  const served = app.routes
    .filter(({ method, path }) => method !== 'ALL' && path.startsWith('/api/'))
    .map(({ method, path }) => `${method} ${path.replace(/:(\w+)/g, '{$1}')}`);
  expect([...served].sort()).toEqual(
    operations(document)
      .map(({ route }) => route)
      .sort(),
  );
});

/** What each method of the client is called with where an empty call would not do; the rest is called with `x`. */
const calls: Readonly<Record<string, readonly unknown[]>> = {
  submit: [{ goal: 'g', repo: '/r' }],
  workflows: [{ limit: 1, after: 'a' }],
  lookAtRepo: [{ repo: '/r', base: 'main' }],
  cancel: ['x', { key: 'k' }],
  replay: ['x', {}],
  tasks: [{ workflow: 'x', limit: 1 }],
  taskCards: [{ states: ['ready'], workflow: 'x' }],
  taskCounts: [{ workflow: 'x' }],
  approvals: [{ state: 'all', workflow: 'x' }],
  decide: ['x', { decision: 'deny', actionHash: 'a'.repeat(64), reason: 'no' }],
  retry: ['x', { note: 'again' }],
  deadLetters: [{ kind: 'task', limit: 1 }],
  redrive: [{ all: true }],
  discard: [{ all: true }],
  schedule: [{ request: { goal: 'g', repo: '/r' }, cron: '* * * * *' }],
  schedules: [{ all: true, limit: 1 }],
  traces: [{ limit: 1, status: 'failed', text: 'a', minMs: 1, minUsd: 0.5 }],
  traceColumns: ['x', { after: 1, limit: 1 }],
  events: [{ types: ['task.*'], after: 1, stream: 'system', newest: true, limit: 1 }],
  addRemote: [{ repo: '/r' }],
  report: [{ since: '2026-11-22T08:00:00Z' }],
  figures: [{ window: '1h' }],
  artefact: ['a'.repeat(64)],
  event: ['0199aaaa-0000-7000-8000-000000000000'],
  pair: ['code'],
  pairCode: [{ role: 'viewer' }],
  renameDevice: ['x', { name: 'Desk' }],
  createToken: [{ name: 'ci', role: 'viewer' }],
  pause: ['x', { by: 'ada' }],
  resume: ['x', { by: 'ada' }],
  quietBox: ['x', { by: 'ada' }],
  tellTools: ['x', { model: 'coder:7b', digest: 'c', calls: true }],
  pauseSystem: [{ kind: 'check' }],
  resumeSystem: [{ kind: 'check' }],
  unschedule: ['x', { by: 'ada' }],
};

/** A second way to ask for an operation. */
const also: Readonly<Record<string, string>> = { traceColumns: 'trace' };

test('the client asks for every operation by its name, with a path, a query and a body that the document describes', async () => {
  const { document } = await read();
  const all = operations(document);
  const asked: { url: URL; method: string; body: unknown }[] = [];
  let onAsked = (): void => undefined;
  const fetch = (url: string, init: RequestInit = {}) => {
    const { body } = init;
    asked.push({
      url: new URL(url, 'http://localhost'),
      method: init.method ?? 'GET',
      body: typeof body === 'string' ? (JSON.parse(body) as unknown) : undefined,
    });
    onAsked();
    return Promise.resolve(Response.json({ items: [] }));
  };
  const client = createDeskClient({ url: 'http://localhost', fetch: fetch as typeof globalThis.fetch });
  const methods = Object.keys(client).filter((name) => name !== 'follow');
  const named = new Map(all.map((it) => [it.operation.operationId, it]));
  for (const name of methods) {
    const call = client[name as keyof typeof client] as (...args: readonly unknown[]) => Promise<unknown>;
    asked.length = 0;
    await call(...(calls[name] ?? ['x'])).catch(() => undefined); // the answer is made up; only the request counts
    const operation = named.get(also[name] ?? name);
    expect(operation, `${name} is no operation`).toBeDefined();
    const [request] = asked;
    const pattern = new RegExp(`^${operation?.path.replace(/\{\w+\}/g, '[^/]+')}$`);
    expect(request?.url.pathname, name).toMatch(pattern);
    expect(`${request?.method} ${operation?.path}`, name).toBe(operation?.route);
    const parameters = operation?.operation.parameters ?? [];
    const known = parameters.filter((it) => it.in === 'query').map((it) => it.name);
    expect(
      [...(request?.url.searchParams.keys() ?? [])].filter((key) => !known.includes(key)),
      name,
    ).toEqual([]);
    if (request?.body !== undefined && JSON.stringify(request.body) !== '{}')
      expect(operation?.operation.requestBody, `${name} sends a body that nobody reads`).toBeDefined();
  }
  // The stream is asked for until its reader stops.
  const stop = new AbortController();
  asked.length = 0;
  onAsked = () => stop.abort();
  for await (const _ of client.follow({ after: 1, types: ['task.*'], correlationId: 'x' }, stop.signal));
  const stream = named.get('follow');
  expect(`${asked[0]?.method} ${asked[0]?.url.pathname}`).toBe(stream?.route);
  const known = stream?.operation.parameters?.map(({ name }) => name);
  expect(known).toEqual(expect.arrayContaining([...(asked[0]?.url.searchParams.keys() ?? [])]));
  expect([...named.keys()].filter((name) => name !== 'follow' && !methods.includes(name))).toEqual([]);
});
