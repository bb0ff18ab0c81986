import type { Check } from '@hive/events';
import { expect, test } from 'vitest';
import type { RunResult } from '../port.ts';
import type { Ran } from './judge.ts';
import { missingHost } from './missing-network.ts';
import { settle } from './settle.ts';

const result = (exit: number, more: Partial<RunResult> = {}): RunResult => ({
  exit,
  ms: 1,
  log: '',
  tail: '',
  ...more,
});

test.each([
  ['Error: getaddrinfo ENOTFOUND api.acme.io', 'api.acme.io'],
  ['curl: (6) Could not resolve host: api.acme.io', 'api.acme.io'],
  ['Get "https://api.acme.io/": dial tcp: lookup api.acme.io on [::1]:53: read: connection refused', 'api.acme.io'],
  [
    "HTTPSConnectionPool(host='api.acme.io', port=443): Max retries exceeded with url: / (Caused by NameResolutionError",
    'api.acme.io',
  ],
  ['urllib.error.URLError: <urlopen error [Errno -3] Temporary failure in name resolution>', ''],
  ['getaddrinfo ENOTFOUND nothing.invalid', null],
  ['getaddrinfo ENOTFOUND service.test', null],
  ['1 test failed', null],
])('%s', (output, host) => {
  expect(missingHost(result(1), output)).toBe(host);
  expect(missingHost(result(0), output)).toBeNull();
});

test('what the proxy refused is known without a word of the check', () => {
  const refused = { connections: 1, because: 'it is not granted' };
  const egress = [{ host: 'api.acme.io', port: 8443, connections: 0, sent: 0, received: 0, refused }];
  expect(missingHost(result(1, { egress }), '')).toBe('api.acme.io:8443');
});

const check: Check = { name: 'npm test', argv: ['npm', 'test'], source: 'given' };
const ran = (on: Ran['on'], exit: number, held = true): Ran => ({
  check,
  on,
  result: result(exit, held ? { egress: [] } : {}),
  output: exit === 0 ? '' : 'getaddrinfo ENOTFOUND api.acme.io',
});

test('a check that misses the network at every place could not run; its reason says what to add', () => {
  const { stopped } = settle([ran('head', 1), ran('base', 1)]);
  expect(stopped?.result).toMatchObject({
    infra: 'infra.network',
    reason: expect.stringContaining('egress: { checks: [api.acme.io] }') as string,
  });
  expect(settle([ran('head', 1, false)]).stopped?.result.reason).toBe(
    'api.acme.io could not be reached from this machine',
  );
});

test('a check that misses it with the change only is red: the change made it ask', () => {
  const { stopped, ran: all } = settle([ran('head', 1), ran('base', 0)]);
  expect([stopped, all.map(({ result: { infra } }) => infra)]).toEqual([null, [undefined, undefined]]);
});
