import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, onTestFinished, test } from 'vitest';
import { makeNetwork, whyNoNetworks } from '../networks.ts';

const reason = await whyNoNetworks();
if (reason !== null) process.stderr.write(`--local-only in a network of its own is not tested: ${reason}\n`);

test.skipIf(reason !== null)(
  'with --local-only nothing beyond the boxes is connected to, though a key and a paid model are there; without it that one is tried',
  async () => {
    const network = await makeNetwork();
    onTestFinished(() => network.remove());
    let connections = 0;
    const remote = createServer((socket) => {
      connections += 1;
      socket.destroy();
    }).listen(0, '127.0.0.1');
    onTestFinished(() => void remote.close());
    await once(remote, 'listening');
    const { port } = remote.address() as AddressInfo;
    await network.offer(port);
    const url = `https://${network.hostAddress}:${port}`;
    const { PATH, HOME, TMPDIR } = process.env;
    const child = network.spawn(process.execPath, [join(import.meta.dirname, 'asks-locally.ts'), url], {
      PATH,
      HOME,
      TMPDIR,
    });
    if (!child.stdout) throw new Error('its output is not there');
    const seen: {
      localOnly: boolean;
      call: { destination: string; outcome: string } | null;
      box: string;
      connections: number;
    }[] = [];
    for await (const line of createInterface(child.stdout))
      seen.push({ ...(JSON.parse(line) as (typeof seen)[number]), connections });
    const [local, any] = seen;
    expect(local).toMatchObject({ localOnly: true, connections: 0, call: { destination: local?.box, outcome: 'ok' } });
    expect(any?.localOnly).toBe(false);
    expect(connections).toBeGreaterThan(0);
  },
  60_000,
);
