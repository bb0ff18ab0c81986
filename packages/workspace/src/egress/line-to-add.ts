import type { Reached } from '@hive/events';

/** Hosts that a command asked for and that nobody granted, as a grant would name them. */
export const ungranted = (reached: readonly Reached[]): string[] => [
  ...new Set(
    reached
      .filter(({ refused, host }) => refused?.because === notGranted && host !== 'others')
      .map(({ host, port }) => (port === 443 || port === 80 ? host : `${host}:${port}`)),
  ),
];

/** Why a connection to a host is refused that no grant names. */
export const notGranted = 'it is not granted';

/** What a person writes to let the commands of a kind reach these hosts. */
export const lineToAdd = (kind: 'setup' | 'checks', hosts: readonly string[]): string =>
  `add  egress: { ${kind}: [${hosts.slice(0, 10).join(', ')}] }  below hive.sandbox in hive.yaml, or below hive.repos for one repository`;
