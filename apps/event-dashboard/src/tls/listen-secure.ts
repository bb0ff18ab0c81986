import { statSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { createAdaptorServer } from '@hono/node-server';
import type { OpenAPIHono } from '@hono/zod-openapi';
import { certificateTrouble, readCertificate, type Certificate, type HttpConfig } from '@hive/config';
import { HiveError } from '@hive/errors';
import { closing, serverOptions } from '../listen.ts';

type Tls = NonNullable<HttpConfig['tls']>;

/** A server that listens with TLS. */
export type SecureListening = {
  readonly port: number;
  /** The one in use. */
  certificate(): Certificate;
  /** Takes up what has changed on the disk; nobody has to call it. */
  look(): void;
  close(graceMs: number): Promise<void>;
};

/** Programs that renew certificates replace two files one after the other. */
const lookMs = 10_000;

/**
 * Serves the app with TLS, by HTTP/1.1 on purpose (docs/adr/0031). Certificate and key are read anew when their files
 * change; while they do not fit, the pair before stays in use. Throws `tls.unreadable`, `tls.mismatch`, `port.in_use`; a certificate that is over is
 * told through `onTrouble` and used, since browsers refuse it by themselves.
 */
export const listenSecure = async (
  app: OpenAPIHono,
  tls: Tls,
  { onTrouble, onChange }: { readonly onTrouble: (error: HiveError) => void; readonly onChange: () => void },
): Promise<SecureListening> => {
  let certificate = readCertificate(tls);
  let seen = stampOf(tls);
  const tell = () => {
    const trouble = certificateTrouble(certificate, tls.certFile, Date.now());
    if (trouble) onTrouble(trouble.error);
  };
  const server = createAdaptorServer({
    fetch: app.fetch,
    createServer,
    serverOptions: { ...serverOptions, ...pairOf(certificate), minVersion: 'TLSv1.2', ALPNProtocols: ['http/1.1'] },
  }) as ReturnType<typeof createServer>; // what createServer above makes
  // Whoever speaks plain HTTP to this port, or scans it, is no trouble of ours.
  server.on('tlsClientError', (_, socket) => socket.destroy());
  const failed = Promise.withResolvers<never>();
  server.once('error', failed.reject);
  const listening = Promise.withResolvers<void>();
  server.listen(tls.port, tls.bind, listening.resolve);
  try {
    await Promise.race([listening.promise, failed.promise]);
  } catch (error) {
    throw cannotListen(tls, error);
  }
  tell();

  const look = () => {
    const now = stampOf(tls);
    if (now === seen) return;
    seen = now;
    try {
      certificate = readCertificate(tls);
      server.setSecureContext(pairOf(certificate));
    } catch (error) {
      onTrouble(error as HiveError); // the only kind that is thrown here
      return;
    }
    tell();
    onChange();
  };
  const timer = setInterval(look, lookMs).unref();
  return {
    port: (server.address() as AddressInfo).port, // an address with a port, since it listens on one
    certificate: () => certificate,
    look,
    close: (graceMs) => {
      clearInterval(timer);
      return closing(server, graceMs);
    },
  };
};

const pairOf = ({ cert, key }: Certificate) => ({ cert, key });

/** Says whether a file was replaced or written to. */
const stampOf = ({ certFile, keyFile }: Tls): string =>
  [certFile, keyFile]
    .map((file) => {
      const stat = statSync(file, { throwIfNoEntry: false });
      return stat ? `${stat.ino}:${stat.size}:${stat.mtimeMs}` : 'none';
    })
    .join(' ');

const cannotListen = ({ bind, port }: Tls, cause: unknown): HiveError => {
  const { code = 'unknown' } = cause as NodeJS.ErrnoException;
  const why =
    {
      EADDRINUSE: 'is in use by another program',
      EADDRNOTAVAIL: 'is no address of this machine',
      EACCES: 'may not be opened by this user; take a port from 1024 on',
    }[code] ?? `cannot be listened on (${code})`;
  return new HiveError(
    'port.in_use',
    `${bind}:${port} (hive.http.tls) ${why}; change hive.http.tls.${code === 'EADDRNOTAVAIL' ? 'bind' : 'port'} in hive.yaml`,
    { remedy: 'fix_config', details: { port }, cause },
  );
};
