import { once } from 'node:events';
import { fork } from 'node:child_process';
import { join } from 'node:path';
import { createDeskClient, streams, type HiveEvent } from '@hive/events';
import { folder, makeRepo, openHouse, patch } from '@hive/front-desk/testing';
import { expect, onTestFinished, test, vi } from 'vitest';
import { readFileSync } from 'node:fs';
import { listen } from './listen.ts';
import { openDashboard, token } from './testing/dashboard.ts';

/** A real store, a real desk, a real server, and a client as programs have it. */
const openBuilding = async () => {
  const house = await openHouse();
  const dashboard = openDashboard(house.desk);
  const { port, close } = await listen(dashboard.app, 0);
  onTestFinished(() => close(0));
  const url = `http://localhost:${port}`;
  dashboard.names.origins = [url];
  return { ...house, ...dashboard, url, port, client: createDeskClient({ url, token }) };
};

test('all that the desk can do is there over HTTP, in the same words', async () => {
  const { client, desk, start } = await openBuilding();
  const repo = makeRepo();
  const request = { goal: 'Say two', repo: repo.dir, patch, checks: ['true'] };
  const made = await client.submit(request, { key: 'once' });
  expect(await client.submit(request, { key: 'once' })).toEqual(made);
  const [task] = await start(made.id);
  const id = task?.id ?? '';
  expect(await client.workflow('last')).toEqual(await desk.workflow(made.id));
  expect(await client.workflows()).toEqual(await desk.workflows());
  expect(await client.tasks({ workflow: made.id })).toEqual(await desk.tasks());
  expect(await client.task(id.slice(-8))).toEqual(await desk.task(id));
  expect(await client.why(id)).toEqual(await desk.why(id));
  expect(await client.traces()).toEqual(await desk.traces());
  expect(await client.trace(made.id)).toEqual(await desk.trace(made.id));
  expect(await client.events({ types: ['task.*'], after: 1, limit: 1 })).toEqual(
    await desk.events({ types: ['task.*'], limit: 1 }),
  );
  expect((await client.events({ newest: true, limit: 1 })).items[0]?.type).toBe('task.created');
  expect(Buffer.from(await client.artefact(task?.patch ?? '')).toString()).toBe(patch);
  expect((await client.health()).head).toBe(4);
  expect(await client.agents()).toEqual([]);
  expect((await client.cancelTask(id)).status).toBe('cancelled');
  expect((await client.retry(id, { note: 'again' })).note).toBe('again');
  expect((await client.cancel(made.id)).status).toBe('cancelled');
  await expect(client.cancel(made.id)).rejects.toMatchObject({ code: 'input.state' });
  const again = await client.replay(made.id, {}, { key: 'again' });
  expect(await desk.replay(made.id, {}, { key: 'again' })).toEqual(again);
  expect(await client.comparison(again.id)).toEqual(await desk.comparison(again.id));
  await expect(client.task('zzz')).rejects.toMatchObject({
    code: 'input.unknown_id',
    message: (await desk.task('zzz').catch((e: Error) => e.message)) as string,
  });
  await expect(client.submit({ ...request, patch: 'x' })).rejects.toMatchObject({ code: 'patch.malformed' });
  await expect(createDeskClient({ url: 'http://127.0.0.1:1', token }).health()).rejects.toMatchObject({
    code: 'hive.unreachable',
  });
});

test('a dedupe key that is taken answers 200 with the workflow that has it', async () => {
  const { client, url } = await openBuilding();
  const request = { goal: 'x', repo: makeRepo().dir, patch, checks: ['true'], dedupe: { key: 'nightly' } };
  const ask = (dedupe: object) =>
    fetch(`${url}/api/v1/workflows`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ ...request, dedupe }),
    });
  const made = await ask(request.dedupe);
  expect(made.status).toBe(201);
  const { id } = (await made.json()) as { id: string };
  const kept = await ask(request.dedupe);
  expect(kept.status).toBe(200);
  const expected = { id, correlationId: id, duplicateOf: id };
  expect(await kept.json()).toEqual(expected);
  expect(await client.submit(request)).toEqual(expected);
  expect((await client.submit({ ...request, dedupe: { key: 'nightly', mode: 'replace' } })).replaced).toEqual([id]);
  for (const wrong of [{ key: '' }, { key: 'a', windowS: -1 }, { mode: 'keep' }])
    expect((await ask(wrong)).status).toBe(400);
  const { paths } = (await (
    await fetch(`${url}/api/v1/openapi.json`, { headers: { authorization: `Bearer ${token}` } })
  ).json()) as { paths: Record<string, { post: { responses: object } }> };
  const told = Object.keys(paths['/api/v1/workflows']?.post.responses ?? {});
  expect(told).toEqual(expect.arrayContaining(['200', '201', '422', 'default']));
});

test('the stream replays, goes on live, and resumes after it was cut: nothing is lost, nothing comes twice', async () => {
  const { client, move, start, url, streams, draining } = await openBuilding();
  const { id } = await client.submit({ goal: 'x', repo: makeRepo().dir, patch, checks: ['true'] });
  await start(id);
  const stop = new AbortController();
  const seen: HiveEvent[] = [];
  const follow = async (source: AsyncIterable<HiveEvent>) => {
    for await (const event of source) if (seen.push(event) === 44) stop.abort();
  };
  // Every second connection is cut in the middle of a frame.
  let connections = 0;
  const cutting: typeof fetch = async (input, init) => {
    const response = await fetch(input, init);
    connections += 1;
    if (connections > 6 || connections % 2 === 0 || !response.body) return response;
    let bytes = 0;
    const cut = new TransformStream<Uint8Array, Uint8Array>({
      transform: (chunk, controller) => {
        bytes += chunk.length;
        if (bytes > 700) controller.terminate();
        else controller.enqueue(chunk);
      },
    });
    return new Response(response.body.pipeThrough(cut), response);
  };
  const following = follow(
    createDeskClient({ url, token, fetch: cutting }).follow({ after: 0, correlationId: id }, stop.signal),
  );
  for (let n = 0; n < 20; n++)
    for (const type of ['workflow.paused', 'workflow.resumed'] as const)
      await move(id, { type, stream: `workflow/${id}`, data: { workflowId: id } });
  await following;
  expect(seen.map((event) => event.position)).toEqual(Array.from({ length: 44 }, (_, n) => n + 1));
  expect(connections).toBeGreaterThan(1);
  await vi.waitFor(() => expect(streams.count()).toBe(0), 60_000);
  expect(draining.signal.aborted).toBe(false);
});

test('a stream has the headers that keep proxies from holding it back', async () => {
  const { url, draining, streams } = await openBuilding();
  const response = await fetch(`${url}/api/v1/stream`, { headers: { authorization: `Bearer ${token}` } });
  expect(Object.fromEntries(response.headers)).toMatchObject({
    'content-type': 'text/event-stream',
    'cache-control': 'no-cache, no-transform',
    'x-accel-buffering': 'no',
  });
  expect(streams.count()).toBe(1);
  draining.abort();
  expect(await response.text()).toMatch(/^retry: 1000\nevent: hello\n[^]*event: bye\ndata: {"reason":"drain"/);
  expect(streams.count()).toBe(0);
});

const start = (home: string, ...args: string[]) => {
  const child = fork(join(import.meta.dirname, 'main.ts'), args, {
    env: { PATH: process.env['PATH'], HOME: home, HIVE_HOME: join(home, 'hive') },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  return child;
};

test(
  'the process serves, counts its followers, drains on a signal, and names who holds its port',
  { timeout: 60_000 },
  async () => {
    const home = folder();
    const child = start(home, '--port', '0');
    const told = await new Promise<{ url: string }>((resolve) =>
      child.on('message', (message: { type: string; url: string }) => message.type === 'listening' && resolve(message)),
    );
    const mine = readFileSync(join(home, 'hive/token'), 'utf8').trim();
    const client = createDeskClient({ url: told.url, token: mine });
    await vi.waitFor(
      async () => expect(await client.agents()).toMatchObject([{ agent: 'event-dashboard', status: 'idle' }]),
      5000,
    );

    const stop = new AbortController();
    const first = client.follow({ after: 0 }, stop.signal)[Symbol.asyncIterator]();
    expect((await first.next()).value).toMatchObject({ type: 'agent.registered' });
    const counted = once(child, 'message');
    child.send({ type: 'followers' });
    expect((await counted)[0]).toEqual({ type: 'followers', count: 1 });
    stop.abort();

    const second = start(folder(), '--port', new URL(told.url).port);
    let output = '';
    second.stdout?.on('data', (chunk: Buffer) => (output += chunk.toString()));
    expect((await once(second, 'exit'))[0]).toBe(78);
    expect(output).toContain(`Port ${new URL(told.url).port} is in use by another Hive`);

    child.kill('SIGTERM');
    expect((await once(child, 'exit'))[0]).toBe(0);
  },
);

test('work is stopped, tried again, dropped and handed in later over HTTP, in the same words', async () => {
  const { client, desk, start, store, url } = await openBuilding();
  const request = { goal: 'Say two', repo: makeRepo().dir, patch, checks: ['true'] };
  const { id } = await client.submit(request);
  await start(id);
  expect(await client.pause(id, { by: 'ada', reason: 'lunch' })).toEqual(await desk.workflow(id));
  expect((await client.resume(id.slice(-8))).status).toBe('running');
  expect((await client.pauseSystem({ kind: 'check' })).paused).toEqual((await desk.health()).paused);
  expect((await client.resumeSystem({ kind: 'check' })).paused).toEqual({});
  await expect(client.resumeSystem()).rejects.toMatchObject({ code: 'input.state' });
  // A program that follows the contract by hand sends no body.
  const byHand = await fetch(`${url}/api/v1/system/pause`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}` },
  });
  expect(byHand.status).toBe(200);
  expect((await client.health()).paused).toHaveProperty('all');
  const wrong = await fetch(`${url}/api/v1/system/pause`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: '{"kind":"lunch"}',
  });
  expect(wrong.status).toBe(400);

  const eventId = (await desk.events({ limit: 1 })).items[0]?.id ?? '';
  await store.write({ events: [], heads: [], deadLetter: { subscription: 'x', eventId, error: 'no', attempts: 5 } });
  expect(await client.deadLetters({ kind: 'event' })).toEqual(await desk.deadLetters());
  expect(await client.deadLetter(eventId)).toEqual(await desk.deadLetter(eventId));
  expect(await client.redrive({ all: true, dryRun: true })).toMatchObject({ items: [{ id: eventId }], dryRun: true });
  expect((await client.discard({ subscription: 'x' })).items).toHaveLength(1);
  await expect(client.redrive({ id: eventId })).rejects.toMatchObject({ code: 'input.unknown_id' });
  await expect(client.redrive({})).rejects.toMatchObject({ code: 'input.invalid' });

  const timing = { cron: '0 22 * * 1-5', zone: 'Europe/Berlin' };
  const made = await client.schedule({ request, ...timing }, { key: 'nightly' });
  expect(await client.schedule({ request, ...timing }, { key: 'nightly' })).toEqual(made);
  expect(await client.scheduled(made.id)).toEqual(await desk.scheduled(made.id));
  expect((await client.schedules()).items).toEqual([made]);
  expect((await client.unschedule(made.id, { by: 'ada' })).state).toBe('removed');
  expect([(await client.schedules()).items, (await client.schedules({ all: true })).items.length]).toEqual([[], 1]);
  await expect(client.schedule({ request, cron: '61 * * * *' })).rejects.toMatchObject({ code: 'input.invalid' });
});

test('what waits for a person is shown with its ETag, and decided by who saw it', async () => {
  const { client, desk, artefacts, move, url } = await openBuilding();
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const { id: workflowId } = await desk.submit({ goal: 'Count', repo: makeRepo().dir, checks: ['true'], patch });
  const approvalId = workflowId.replace(/.{12}$/, 'aaaaaaaaaaaa');
  const about = { taskId: null, workflowId, action: 'Begin it', kind: 'plan', tier: 'T1' } as const;
  const nothing = { into: null, author: null, base: null, commit: null, patch: null, files: null, proof: null };
  const shown = { ...about, ...nothing, because: [], repo: '/r', branch: 'b', commands: [], budget: null, plan: null };
  const actionHash = await artefacts.put(JSON.stringify({ ...shown, tasks: [] }));
  const expiresAt = new Date(Date.now() + 60_000).toISOString();
  const data = { ...about, approvalId, actionHash, proposer: 'planner/planner', expiresAt };
  await move(workflowId, { type: 'approval.requested', stream: streams.approval(approvalId), data });

  expect(await client.approvals({ workflow: workflowId })).toEqual(await desk.approvals());
  const seen = await fetch(`${url}/api/v1/approvals/${approvalId.slice(-8)}`, { headers });
  expect([seen.status, seen.headers.get('etag')]).toEqual([200, `"${actionHash}"`]);
  const decide = (body: object) =>
    fetch(`${url}/api/v1/approvals/${approvalId}/decide`, { method: 'POST', body: JSON.stringify(body), headers });
  const stale = await decide({ decision: 'approve', actionHash: 'f'.repeat(64) });
  expect([stale.status, await stale.json()]).toMatchObject([409, { code: 'approval.changed' }]);
  expect((await decide({ decision: 'approve' })).status).toBe(400);
  expect(await client.decide(approvalId, { decision: 'approve', actionHash })).toMatchObject({ state: 'approved' });
  expect((await decide({ decision: 'approve', actionHash })).status).toBe(200);
  expect((await client.approval(approvalId)).decidedBy).toBe('human/owner');
});
