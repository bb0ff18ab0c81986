import { isIP } from 'node:net';
import { networkInterfaces } from 'node:os';
import type { Certificate, HttpConfig } from '@hive/config';

/** Where the control room listens, as far as it is known. */
export type Listeners = {
  /** On loopback, without TLS. */
  readonly port: number;
  readonly secure: { readonly port: number; readonly certificate: Certificate } | null;
};

const loopback = ['localhost', '127.0.0.1', '[::1]'];
const isLoopback = (host: string): boolean => loopback.includes(host) || host === '::1' || host.startsWith('127.');
const bracketed = (name: string): string => (isIP(name) === 6 ? `[${name}]` : name);

/** The addresses of this machine in its networks. */
const machineAddresses = (): string[] =>
  Object.values(networkInterfaces()).flatMap((list = []) =>
    list.flatMap(({ address, internal, scopeid }) => (internal || (scopeid ?? 0) !== 0 ? [] : [address])),
  );

const isEverywhere = (bind: string): boolean => bind === '0.0.0.0' || bind === '::';

const secureOrigin = (name: string, port: number): string =>
  `https://${bracketed(name)}${port === 443 ? '' : `:${port}`}`;

/**
 * The origins that this server answers to; whatever else a request names is refused. Addresses may be answered to because no page can make a name
 * of its own out of them.
 */
export const originsOf = ({ names, proxied, tls }: HttpConfig, { port, secure }: Listeners): readonly string[] => {
  const own = secure
    ? [
        ...loopback,
        ...names,
        ...secure.certificate.names.filter((name) => !name.includes('*')),
        ...(tls && isEverywhere(tls.bind) ? machineAddresses() : []),
        ...(tls && !isEverywhere(tls.bind) ? [tls.bind] : []),
      ].map((name) => secureOrigin(name, secure.port))
    : [];
  return [...new Set([...loopback.map((name) => `http://${name}:${port}`), ...own, ...proxied])];
};

/** The origins at which other devices reach it without a warning of their browser, names before addresses. */
export const reachableAt = ({ names, proxied, tls }: HttpConfig, { secure }: Listeners): readonly string[] => {
  const isOpen = secure !== null && tls !== null && !isLoopback(tls.bind);
  if (!isOpen) return proxied;
  const { certificate } = secure;
  const known = [...names, ...certificate.names.filter((name) => !name.includes('*'))];
  const here = isEverywhere(tls.bind) ? machineAddresses() : [tls.bind];
  // An address that the certificate lists and this machine has not (any more) leads nowhere.
  const usable = [...known.filter((name) => isIP(name) === 0 || here.includes(name)), ...here];
  const covered = [...new Set(usable)].filter((name) => !isLoopback(name) && certificate.covers(name));
  const byName = covered.toSorted((a, b) => Math.sign(isIP(a)) - Math.sign(isIP(b)));
  return [...new Set([...proxied, ...byName.map((name) => secureOrigin(name, secure.port))])];
};

/** The part of an origin that a Host header repeats. */
export const hostOf = (origin: string): string => origin.slice(origin.indexOf('://') + 3);
