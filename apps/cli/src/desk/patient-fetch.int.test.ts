import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { patientFetch } from './patient-fetch.ts';

/** A port that was free a moment ago. */
const closedPort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
};

test('a control room that is starting again is waited for', async () => {
  const port = await closedPort();
  const answer = patientFetch(() => true)(`http://127.0.0.1:${port}/`);
  await delay(300);
  const server = createServer((_request, response) => response.end('here')).listen(port, '127.0.0.1');
  expect(await (await answer).text()).toBe('here');
  server.close();
});

test('where nobody will come, the refusal is told at once', async () => {
  const port = await closedPort();
  await expect(patientFetch(() => false)(`http://127.0.0.1:${port}/`)).rejects.toThrow('fetch failed');
});

test('a request that may have arrived is never sent twice', async () => {
  let arrived = 0;
  const server = createServer((request) => {
    arrived += 1;
    request.socket.destroy();
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  await expect(patientFetch(() => true)(`http://127.0.0.1:${port}/`, { method: 'POST' })).rejects.toThrow(
    'fetch failed',
  );
  expect(arrived).toBe(1);
  server.close();
});
