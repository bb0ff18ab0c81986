import { hostName } from '@hive/events';

/** One host, or all below it, that a command may reach. */
export type Grant = {
  readonly host: string;
  /** True for `*.host`: whole labels in front of it, at least one. */
  readonly below: boolean;
  /** Null: 80 and 443. */
  readonly port: number | null;
  /** Named by the user as a registry: it may have a private address, or be one. */
  readonly registry: boolean;
};

/** A grant as it is written. */
export const textOf = ({ host, below, port }: Grant): string =>
  `${below ? '*.' : ''}${host}${port === null ? '' : `:${port}`}`;

const webPorts = [80, 443];

/** Reads `example.org`, `*.example.org`, `example.org:8443`; null for anything else. */
export const grantOf = (text: string): Grant | null => {
  const parts = /^(\*\.)?([^:*]+)(?::(\d{1,5}))?$/.exec(text);
  const host = hostOf(parts?.[2] ?? '');
  if (!parts || host === null || (parts[1] && !host.includes('.'))) return null;
  return { host, below: Boolean(parts[1]), port: parts[3] ? Number(parts[3]) : null, registry: false };
};

/** A host name in small letters; null for whatever two parsers could read differently: addresses, NUL, `@`, `%`, a dot at the end. */
export const hostOf = (text: string): string | null => (hostName.test(text) ? text.toLowerCase() : null);

/** The grant that lets a command reach this host and port; undefined when none does. */
export const grantFor = (
  grants: readonly Grant[],
  { host, port }: { readonly host: string; readonly port: number },
): Grant | undefined =>
  grants.find(
    (grant) =>
      (grant.port === null ? webPorts.includes(port) : grant.port === port) &&
      (grant.below ? host.endsWith(`.${grant.host}`) : host === grant.host),
  );
