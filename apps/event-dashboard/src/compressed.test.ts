import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { traceColumns, type TraceColumns } from '@hive/events';
import { host, openDashboard } from './testing/dashboard.ts';

const id = '0199c0de-0000-7000-8000-000000000001';
const long: TraceColumns = {
  ...traceColumns(id, [], { next: null, positionOf: () => undefined }),
  strings: [`${'words '.repeat(2000)}<b>é</b>`],
};
const desk = {
  traceColumns: () => Promise.resolve(long),
  events: () => Promise.resolve({ items: [], next: null }),
};

const bytesFor = async (headers: Record<string, string>) => {
  const response = await openDashboard(desk).ask(`/api/v1/traces/${id}?format=columns`, { headers });
  expect(response.headers.get('vary')).toContain('accept-encoding');
  return { coding: response.headers.get('content-encoding'), bytes: Buffer.from(await response.arrayBuffer()) };
};

test('a part of a trace is compressed as the client can take it', async () => {
  const best = await bytesFor({ 'accept-encoding': 'gzip, deflate, br' });
  expect(best.coding).toBe('br');
  expect(JSON.parse(brotliDecompressSync(best.bytes).toString())).toEqual(long);
  expect(best.bytes.length).toBeLessThan(1000);
  const other = await bytesFor({ 'accept-encoding': 'gzip' });
  expect(other.coding).toBe('gzip');
  expect(JSON.parse(gunzipSync(other.bytes).toString())).toEqual(long);
  const plain = await bytesFor({});
  expect(plain.coding).toBeNull();
  expect(JSON.parse(plain.bytes.toString())).toEqual(long);
});

test('for a browser of this machine compressing would only take time, unless a proxy stands between', async () => {
  const { app, ask } = openDashboard(desk);
  const near = { incoming: { socket: { remoteAddress: '::ffff:127.0.0.1' } } };
  const answer = async (headers: Record<string, string>) =>
    (
      await app.request(
        `/api/v1/traces/${id}?format=columns`,
        { headers: { host, authorization: 'Bearer the-token-of-this-home', 'accept-encoding': 'br', ...headers } },
        near,
      )
    ).headers.get('content-encoding');
  expect(await answer({})).toBeNull();
  expect(await answer({ 'x-forwarded-for': '10.0.0.7' })).toBe('br');
  expect((await ask(`/api/v1/traces/${id}?format=rows`)).status).toBe(400);
});
