import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { holderOf, whyNotPort } from './port-holder.ts';

test('a taken port names who holds it', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  expect(await whyNotPort(port)).toBe('EADDRINUSE');
  if (process.platform === 'linux') expect(holderOf(port)).toContain(`(pid ${process.pid})`);
});

test('a free port is nobody’s', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  expect(await whyNotPort(port)).toBeNull();
  expect(holderOf(port)).toBeNull();
});
