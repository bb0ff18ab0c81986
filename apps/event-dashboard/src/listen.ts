import type { AddressInfo } from 'node:net';
import { createAdaptorServer } from '@hono/node-server';
import type { OpenAPIHono } from '@hono/zod-openapi';
import { HiveError } from '@hive/errors';

/** A server that listens on loopback. */
export type Listening = {
  readonly port: number;
  /** Takes no new connection, gives open ones `graceMs` to end, and closes what is left. */
  close(graceMs: number): Promise<void>;
};

/** Serves the app on 127.0.0.1 and nowhere else. Throws `port.in_use`, with who answers there when it is a Hive. */
export const listen = async (app: OpenAPIHono, port: number): Promise<Listening> => {
  const server = createAdaptorServer({
    fetch: app.fetch,
    serverOptions,
  });
  const failed = Promise.withResolvers<never>();
  server.once('error', failed.reject);
  const listening = Promise.withResolvers<void>();
  server.listen(port, '127.0.0.1', listening.resolve);
  try {
    await Promise.race([listening.promise, failed.promise]);
  } catch (error) {
    throw await portInUse(port, error);
  }
  return {
    port: (server.address() as AddressInfo).port, // an address with a port, since it listens on one
    close: (graceMs) => closing(server, graceMs),
  };
};

/** What is asked of requests, with TLS and without. */
export const serverOptions = {
  // A pushed pack of 256 MB is read as fast as git takes it, which on a busy machine is minutes; who has no token is refused by the headers.
  ...{ maxHeaderSize: 16 * 1024, headersTimeout: 10_000, requestTimeout: 600_000 },
};

/** Takes no new connection, gives open ones `graceMs` to end, and closes what is left. */
export const closing = (server: ReturnType<typeof createAdaptorServer>, graceMs: number): Promise<void> =>
  new Promise((resolve) => {
    const cut = setTimeout(() => 'closeAllConnections' in server && server.closeAllConnections(), graceMs);
    server.close(() => {
      clearTimeout(cut);
      resolve();
    });
    if ('closeIdleConnections' in server) server.closeIdleConnections();
  });

const portInUse = async (port: number, cause: unknown): Promise<HiveError> => {
  const { code = 'unknown' } = cause as NodeJS.ErrnoException;
  const why = code === 'EADDRINUSE' ? `is in use by ${await holderOf(port)}` : `cannot be listened on (${code})`;
  return new HiveError(
    'port.in_use',
    `Port ${port} ${why}; end it, or choose another port with --port N or HIVE_PORT`,
    {
      remedy: 'fix_config',
      details: { port },
      cause,
    },
  );
};

/** A Hive is known by how it refuses whoever brings no token. */
const holderOf = async (port: number): Promise<string> => {
  try {
    const response = await fetch(`http://127.0.0.1:${port}/api/v1/system/health`, {
      signal: AbortSignal.timeout(1000),
    });
    const { code } = (await response.json()) as { code?: string };
    return code === 'auth.missing' ? 'another Hive' : 'another web server';
  } catch {
    return 'another program';
  }
};
