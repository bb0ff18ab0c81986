import { expect, test } from 'vitest';
import { createDeskClient } from './client.ts';
import { sseFrames } from './sse.ts';
import type { HiveEvent } from './catalogue.ts';

type Answer = { readonly status?: number; readonly body?: unknown; readonly headers?: Record<string, string> };

/** A server that answers in turn and notes what it was asked. */
const server = (...answers: (Answer | Error | string)[]) => {
  const asked: { url: string; init: RequestInit; headers: Record<string, string> }[] = [];
  const fetch = (url: string, init: RequestInit) => {
    asked.push({ url, init, headers: init.headers as Record<string, string> });
    const answer = answers[Math.min(asked.length, answers.length) - 1];
    if (answer instanceof Error) return Promise.reject(answer);
    if (typeof answer === 'string') return Promise.resolve(new Response(answer));
    return Promise.resolve(
      Response.json(answer?.body ?? {}, { status: answer?.status ?? 200, headers: answer?.headers ?? {} }),
    );
  };
  return { asked, fetch: fetch as typeof globalThis.fetch };
};
const url = 'http://127.0.0.1:4483/';

test('a submission carries the token and its key', async () => {
  const { asked, fetch } = server({ status: 201, body: { id: 'i', correlationId: 'i' } });
  const desk = createDeskClient({ url, token: 't0k', fetch });
  expect(await desk.submit({ goal: 'g', repo: '/r' }, { key: 'k' })).toEqual({ id: 'i', correlationId: 'i' });
  expect(asked[0]).toMatchObject({
    url: 'http://127.0.0.1:4483/api/v1/workflows',
    init: { method: 'POST', body: '{"goal":"g","repo":"/r"}' },
    headers: { authorization: 'Bearer t0k', 'idempotency-key': 'k', 'content-type': 'application/json' },
  });
});

test('filters become a query, ids are escaped, and a browser sends its header instead of a token', async () => {
  const { asked, fetch } = server({ body: { items: [], next: null } });
  const desk = createDeskClient({ url: '', headers: () => ({ 'x-hive-csrf': 'c' }), fetch });
  await desk.events({ types: ['task.*', 'workflow.failed'], after: 7 });
  await desk.tasks({ workflow: 'last' });
  await desk.task('../health');
  await desk.agents();
  expect(asked.map((it) => it.url)).toEqual([
    '/api/v1/events?after=7&type=task.*%2Cworkflow.failed',
    '/api/v1/tasks?workflow=last',
    '/api/v1/tasks/..%2Fhealth',
    '/api/v1/agents',
  ]);
  expect(asked[0]?.headers).toEqual({ 'x-hive-csrf': 'c' });
});

test('a problem is thrown as the server said it', async () => {
  const problem = { code: 'input.unknown_id', detail: 'There is no task x', remedy: 'give_up', details: { id: 'x' } };
  const { fetch } = server({ status: 404, body: problem });
  await expect(createDeskClient({ url, fetch }).task('x')).rejects.toMatchObject({
    code: 'input.unknown_id',
    message: 'There is no task x',
    details: { id: 'x' },
  });
  const busy = server({
    status: 503,
    body: { code: 'store.unavailable', remedy: 'retry' },
    headers: { 'retry-after': '2' },
  });
  await expect(createDeskClient({ url, fetch: busy.fetch }).health()).rejects.toMatchObject({
    remedy: 'retry',
    retryAfterMs: 2000,
  });
});

test('what is no problem document, and nobody at all, are told apart', async () => {
  const proxy = (() => Promise.resolve(new Response('<html>', { status: 502 }))) as typeof fetch;
  await expect(createDeskClient({ url, fetch: proxy }).health()).rejects.toMatchObject({
    code: 'internal',
    message: 'Hive answered 502',
  });
  const { fetch } = server(new TypeError('fetch failed'));
  await expect(createDeskClient({ url, fetch }).health()).rejects.toMatchObject({
    code: 'hive.unreachable',
    message: expect.stringContaining('http://127.0.0.1:4483/') as string,
  });
});

const event = (position: number) => ({ id: `e${position}`, position }) as unknown as HiveEvent;
const hello = (head: number) => `event: hello\nretry: 1000\ndata: {"head":${head}}\n\n`;
const events = (...positions: number[]) =>
  `event: events\nid: ${positions.at(-1)}\ndata: ${JSON.stringify(positions.map(event))}\n\n`;

const take = async (source: AsyncIterable<HiveEvent>, count: number, stop: AbortController): Promise<number[]> => {
  const positions: number[] = [];
  for await (const { position } of source) {
    positions.push(position);
    if (positions.length === count) stop.abort();
  }
  return positions;
};

test('follow resumes after a broken connection: nothing is lost, nothing comes twice', async () => {
  const cut = events(4, 5);
  const { asked, fetch } = server(
    hello(3) + events(1, 2, 3) + cut.slice(0, -1), // the last frame is not complete, so it comes again
    new TypeError('fetch failed'),
    hello(9) + 'event: beat\nid: 3\ndata: {}\n\n' + cut + events(9),
  );
  const stop = new AbortController();
  const passed: number[] = [];
  const desk = createDeskClient({ url, fetch });
  const seen = await take(
    desk.follow({ after: 0, types: ['task.*'] }, stop.signal, { onPassed: (position) => passed.push(position) }),
    6,
    stop,
  );
  expect(seen).toEqual([1, 2, 3, 4, 5, 9]);
  expect(passed).toEqual([3, 3, 5, 9].slice(0, passed.length));
  expect(asked.map((it) => [it.url.split('?')[1], it.headers['last-event-id']])).toEqual([
    ['type=task.*&after=0', '0'],
    ['type=task.*&after=3', '3'],
    ['type=task.*&after=3', '3'],
  ]);
});

test('what a slow reader was not sent it reads from the log, in its place', async () => {
  const { asked, fetch } = server(
    hello(9) + events(3) + 'event: gap\nid: 8\ndata: {"from":3,"to":8,"reason":"slow reader"}\n\n' + events(9),
    { body: { items: [event(4), event(5)], next: '5' } },
    { body: { items: [event(8)], next: null } },
  );
  const stop = new AbortController();
  const seen = await take(createDeskClient({ url, fetch }).follow({ types: ['task.*'] }, stop.signal), 5, stop);
  expect(seen).toEqual([3, 4, 5, 8, 9]);
  expect(asked.map((it) => it.url.split('/v1')[1])).toEqual([
    '/stream?type=task.*',
    '/events?after=3&until=8&limit=500&type=task.*',
    '/events?after=5&until=8&limit=500&type=task.*',
  ]);
});

test('follow without a place resumes from where it began', async () => {
  const { asked, fetch } = server(hello(7), hello(9) + events(8));
  const stop = new AbortController();
  expect(await take(createDeskClient({ url, fetch }).follow({}, stop.signal), 1, stop)).toEqual([8]);
  expect(asked.map((it) => it.url)).toEqual([
    'http://127.0.0.1:4483/api/v1/stream',
    'http://127.0.0.1:4483/api/v1/stream?after=7',
  ]);
});

test('follow does not go on after a refusal, nor where nobody ever answered', async () => {
  const stop = new AbortController();
  const refused = server({ status: 401, body: { code: 'auth.missing', detail: 'no' } });
  await expect(
    take(createDeskClient({ url, fetch: refused.fetch }).follow({}, stop.signal), 1, stop),
  ).rejects.toMatchObject({ code: 'auth.missing' });
  const nobody = server(new TypeError('fetch failed'));
  await expect(
    take(createDeskClient({ url, fetch: nobody.fetch }).follow({}, stop.signal), 1, stop),
  ).rejects.toMatchObject({ code: 'hive.unreachable' });
  expect([refused.asked.length, nobody.asked.length]).toEqual([1, 1]);
});

test('frames are the same however their bytes are cut', async () => {
  const text = ': hi\n\nevent: a\r\ndata: ä\r\ndata: b\r\nid: 1\r\n\r\nretry: 5\n\ndata:x\n\nevent: lost\ndata: y\n';
  const bytes = new TextEncoder().encode(text);
  for (let size = 1; size <= bytes.length; size++) {
    const frames = [];
    const chunks = Array.from({ length: Math.ceil(bytes.length / size) }, (_, n) =>
      bytes.slice(n * size, (n + 1) * size),
    );
    for await (const frame of sseFrames(
      (async function* () {
        yield* chunks;
      })(),
    ))
      frames.push(frame);
    expect(frames, `chunks of ${size}`).toEqual([
      { event: 'a', data: 'ä\nb', id: '1' },
      { event: 'message', data: 'x', id: null },
    ]);
  }
});

test('a client that asked too much waits as it is told, and gives up where that is too long', async () => {
  const soon = { status: 429, body: { code: 'http.too_many' }, headers: { 'retry-after': '0' } };
  const waited = server(soon, soon, { body: { items: [] } });
  expect(await createDeskClient({ url, fetch: waited.fetch }).agents()).toEqual([]);
  expect(waited.asked).toHaveLength(3);
  const never = server(soon);
  await expect(createDeskClient({ url, fetch: never.fetch }).agents()).rejects.toMatchObject({ code: 'http.too_many' });
  expect(never.asked).toHaveLength(4);
  const late = server({ ...soon, headers: { 'retry-after': '60' } });
  await expect(createDeskClient({ url, fetch: late.fetch }).agents()).rejects.toMatchObject({ retryAfterMs: 60_000 });
  expect(late.asked).toHaveLength(1);
});
