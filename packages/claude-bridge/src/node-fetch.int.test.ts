import { execFile } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

/** Lists the models of a provider that only the proxy could find. */
const program = `
  const { listClaudeModels } = await import(${JSON.stringify(join(import.meta.dirname, 'index.ts'))});
  const run = { signal: new AbortController().signal, deadline: new Date(Date.now() + 20_000), idleMs: 20_000, correlationId: 'c', callId: 'c' };
  await listClaudeModels({ apiKey: 'k', baseURL: 'https://models.invalid' }, run).catch((error) => console.log(error.code));
`;

test('calls go through the proxy of the environment where Node was told so', async () => {
  const asked: (string | undefined)[] = [];
  const proxy = createServer();
  proxy.on('connect', ({ url }, socket) => {
    asked.push(url);
    socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n');
  });
  await new Promise<void>((listening) => proxy.listen(0, '127.0.0.1', listening));
  try {
    const { port } = proxy.address() as AddressInfo;
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', program], {
      env: { NODE_USE_ENV_PROXY: '1', HTTPS_PROXY: `http://127.0.0.1:${port}` },
    });
    expect({ asked, says: stdout.trim() }).toEqual({ asked: ['models.invalid:443'], says: 'model.unreachable' });
  } finally {
    proxy.close();
  }
});
