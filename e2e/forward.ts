// `node forward.ts HOST PORT PATH`: passes what comes to an address of this network on to a socket file, which is seen from every network.
import { once } from 'node:events';
import { connect, createServer, type ListenOptions, type NetConnectOpts, type Server } from 'node:net';

/** Passes lines on, both ways. */
export const forward = async (from: ListenOptions, to: NetConnectOpts): Promise<Server> => {
  const server = createServer((line) => {
    const other = connect(to);
    line.pipe(other).pipe(line);
    for (const [one, twin] of [
      [line, other],
      [other, line],
    ] as const) {
      one.on('error', () => twin.destroy());
      one.on('close', () => twin.destroy());
    }
  }).listen(from);
  await once(server, 'listening');
  return server;
};

if (import.meta.main) {
  const [host = '', port = '0', path = ''] = process.argv.slice(2);
  await forward({ host, port: Number(port) }, { path });
  process.stdout.write('listens\n');
}
