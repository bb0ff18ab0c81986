import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { createLogger } from '@hive/agent-kit';
import { createBus, newId, type Bus } from '@hive/bus';
import { openStore, type Store } from '@hive/core-db';
import { streams } from '@hive/events';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { sendTraces } from './send-traces.ts';
import { traceIdOf } from './spans.ts';

type Sent = {
  readonly traceId: string;
  readonly spanId: string;
  readonly name: string;
  readonly parentSpanId?: string;
};
type Body = {
  readonly resourceSpans: readonly { readonly scopeSpans: readonly { readonly spans: readonly Sent[] }[] }[];
};

let home: string;
let store: Store;
let bus: Bus;
let collector: Server;
let isTaking = true;
const taken: Sent[] = [];
const seen: { readonly path: string; readonly key: string | undefined }[] = [];
const stop = new AbortController();
let sending: Promise<void>;

beforeEach(async () => {
  collector = createServer((request, response) => {
    void text(request).then((body) => {
      seen.push({ path: request.url ?? '', key: request.headers['x-key']?.toString() });
      if (!isTaking) return void response.writeHead(400).end();
      const { resourceSpans } = JSON.parse(body) as Body;
      taken.push(...resourceSpans.flatMap((it) => it.scopeSpans.flatMap(({ spans }) => spans)));
      return void response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
    });
  }).listen(0, '127.0.0.1');
  await once(collector, 'listening');
  const endpoint = `http://127.0.0.1:${(collector.address() as AddressInfo).port}`;
  vi.stubEnv('OTEL_EXPORTER_OTLP_ENDPOINT', endpoint);
  vi.stubEnv('OTEL_EXPORTER_OTLP_HEADERS', 'x-key=canary');
  home = await mkdtemp(join(tmpdir(), 'hive-telemetry-'));
  store = await openStore({ home });
  bus = createBus(store, 'test/one');
  const log = createLogger({ agent: 'test' });
  log.level = 'silent';
  await store.subscription('telemetry', 'end');
  sending = sendTraces({ endpoint, serviceName: 'hive' }, { bus, log }, stop.signal);
});

afterEach(async () => {
  stop.abort();
  await sending;
  bus.close();
  await store.close();
  collector.close();
  vi.unstubAllEnvs();
  await rm(home, { recursive: true, force: true });
});

test('a workflow arrives as one trace whose id is its correlation id, also when the collector was away', async () => {
  isTaking = false;
  const workflowId = newId();
  const stream = streams.workflow(workflowId);
  const command = (events: Parameters<Bus['command']>[0]['events'], on: string | null) =>
    bus.command({ events, correlationId: workflowId, on });
  await command(
    [
      {
        type: 'workflow.submitted',
        stream,
        data: {
          workflowId,
          goal: 'secret goal',
          repo: '/repo',
          base: '1'.repeat(40),
          branch: 'hive/test',
          into: null,
          checks: [],
          setup: null,
          source: 'model',
          plan: null,
          model: null,
          localOnly: false,
          budget: null,
          redBefore: 'needed',
          passEnv: [],
          example: false,
        },
      },
    ],
    null,
  );
  await command([{ type: 'workflow.cancelled', stream, data: { workflowId } }], stream);
  await expect.poll(() => seen.length).toBeGreaterThan(0);
  isTaking = true;
  await expect.poll(() => taken.length).toBe(1);
  expect(taken[0]).toMatchObject({ traceId: traceIdOf(workflowId), name: 'workflow' });
  expect(seen.at(-1)).toEqual({ path: '/v1/traces', key: 'canary' });
  expect(JSON.stringify(taken)).not.toContain('secret goal');
});
