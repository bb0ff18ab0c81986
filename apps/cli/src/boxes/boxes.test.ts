import { expect, test } from 'vitest';
import { withBox, withoutBox } from './box-config.ts';
import { suitLine, suits } from './suits.ts';
import { needsConsent } from './consent.ts';

test('a box is added and removed, and everything else stays, comments too', () => {
  expect(withBox('', 'ash', { endpoint: 'http://ash:11434', model: 'coder:30b' })).toBe(
    'hive:\n  agents:\n    ash:\n      endpoint: http://ash:11434\n      model: coder:30b\n',
  );
  const before = '# mine\nhive:\n  agents:\n    elm: # the fast one\n      endpoint: http://elm:11434\n';
  const after = withBox(before, 'ash', { endpoint: 'http://ash:11434' });
  expect(after).toMatch(/elm:\s+# the fast one/);
  expect(after).toContain('ash:\n      endpoint: http://ash:11434');
  const without = withoutBox(after, 'ash');
  expect(without).toMatch(/# mine[^]*elm:\s+# the fast one\s+endpoint: http:\/\/elm:11434\n$/);
});

test('what stands against a model in a role is told', () => {
  const coder = { name: 'coder:30b', size: 18e9, contextTokens: 131_072, can: ['completion', 'tools'] };
  const line = (over: Partial<typeof coder>, memory: number | null = 24e9) =>
    suitLine(suits({ ...coder, ...over }, memory));
  expect(line({})).toBe('suits planner, worker, reviewer');
  expect(line({ can: ['completion'] })).toBe('suits planner, reviewer; not worker: it cannot use tools');
  expect(line({ contextTokens: 8192 })).toMatch(
    /^suits reviewer; not planner or worker: its context has only 8192 tokens$/,
  );
  expect(line({}, 16e9)).toBe('not planner or worker or reviewer: it needs about 19.8 GB and the box has 16.0 GB');
  expect(line({ can: ['embedding'] })).toBe('not planner or worker or reviewer: it does not write text');
});

test('only what goes over a network in the open is asked about', () => {
  const asked = [
    'http://192.168.1.27:11434',
    'http://walnut:11434',
    'http://127.0.0.1:11434',
    'https://walnut',
    'http://[::1]:1',
  ];
  expect(asked.map(needsConsent)).toEqual([true, true, false, false, false]);
});
