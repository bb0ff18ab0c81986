import { lineToAdd, ungranted } from '../egress/line-to-add.ts';
import type { RunResult } from '../port.ts';

/** What programs say when a name does not resolve. The first group is the name. */
const said: readonly RegExp[] = [
  /getaddrinfo (?:ENOTFOUND|EAI_AGAIN) ([\w.-]+)/,
  /[Cc]ould not resolve host(?:name)?:? ['"]?([\w.-]+)/,
  /dial tcp: lookup ([\w.-]+)/,
  /[Ff]ailed to resolve ['"]?([\w.-]+)/,
  /UnknownHostException: ([\w.-]+)/,
  /host='([\w.-]+)', port=\d+\): Max retries exceeded/,
  /(?:gaierror|urlopen error).*(?:Temporary failure in name resolution|Name or service not known)()/,
  /failed to lookup address information()/,
];

/** Names that no network has: tests use them to see how a failure is handled. */
const reserved = /(?:^|\.)(?:invalid|test|example|localhost|example\.(?:com|org|net))$/i;

/** The host that a red check could not reach, '' where it said none; null when it was red for another reason. */
export const missingHost = ({ exit, egress }: RunResult, output: string): string | null => {
  if (exit === null || exit === 0) return null;
  const [refused] = ungranted(egress ?? []);
  if (refused !== undefined) return refused;
  const name = said.map((pattern) => pattern.exec(output)?.[1]).find((host) => host !== undefined);
  return name === undefined || reserved.test(name) ? null : name;
};

/** One sentence about it. In the sandbox it is Hive that holds the network, so it names the line to add. */
export const withoutNetwork = (host: string, { egress }: RunResult): string => {
  const what = host === '' ? 'a host' : host;
  if (egress === undefined) return `${what} could not be reached from this machine`;
  return `it asked for ${what}, and checks have no network but what is granted; ${lineToAdd('checks', [host || 'HOST'])}`;
};
