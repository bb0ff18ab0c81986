import { certificateTrouble, readAuthority, type HttpConfig } from '@hive/config';
import type { WaysIn } from '@hive/events';
import { reachableAt, type Listeners } from '../addresses.ts';

/** Where the certificate of the owner's own authority is fetched. */
export const authorityPath = '/hive-ca.crt';

/** The way in from other devices, or why there is none. */
export type Reach = Pick<WaysIn, 'why' | 'certificate' | 'authority'> & { readonly origins: readonly string[] };

/** How other devices reach this server right now. */
export const reachOf = (http: HttpConfig, listeners: Listeners): Reach => {
  const { tls, proxied } = http;
  const origins = reachableAt(http, listeners);
  const certificate = listeners.secure?.certificate ?? null;
  const isLoopback = tls !== null && (tls.bind.startsWith('127.') || tls.bind === '::1');
  const why = origins.length > 0 ? 'ready' : tls === null ? 'no_tls' : isLoopback ? 'loopback_only' : 'not_covered';
  return {
    origins,
    why,
    certificate:
      certificate && tls && proxied.length === 0
        ? {
            issuer: certificate.issuer,
            until: certificate.until,
            names: [...certificate.names],
            trouble: certificateTrouble(certificate, tls.certFile, Date.now())?.error.message ?? null,
          }
        : null,
    authority:
      tls?.caFile && why === 'ready'
        ? { path: authorityPath, fingerprint: readAuthority(tls.caFile).fingerprint }
        : null,
  };
};
