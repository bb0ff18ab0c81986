import type { Evidence, Reached } from '@hive/events';
import { expect, test } from 'vitest';
import { egressRows } from './tell-egress.ts';

const reached = (host: string, connections: number, because?: string): Reached => ({
  host,
  port: 443,
  connections,
  sent: 1,
  received: 1,
  ...(because !== undefined && { refused: { connections: 1, because } }),
});

test('what had the network is said, each host once, with what was refused', () => {
  // Only these parts are read.
  const evidence = {
    setup: { egress: [reached('registry.npmjs.org', 3), reached('nodejs.org', 0, 'it is not granted')] },
    commands: [{}, { egress: [reached('api.acme.io', 1)] }, { egress: [reached('api.acme.io', 2)] }],
  } as unknown as Evidence;
  expect(egressRows(evidence)).toEqual([
    ['setup reached', 'registry.npmjs.org:443, nodejs.org:443 (not reached: it is not granted)'],
    ['checks reached', 'api.acme.io:443'],
  ]);
  expect(egressRows({ commands: [{}] } as unknown as Evidence)).toEqual([]);
});
