import { expect, test } from 'vitest';
import { withBox, withoutBox } from './box-config.ts';
import { suitLine, suits } from './suits.ts';
import { needsConsent } from './consent.ts';
import { triedLines } from './try-model.ts';

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

test('what a model could not do when it was tried is told with what follows', () => {
  const tried = { says: true, tokensPerS: 31.25, firstTokenMs: 900, tools: true, structured: true };
  const all = 'coder:7b answers: 31.3 tok/s, first token after 0.9 s; it calls tools and answers by a schema';
  expect(triedLines('coder:7b', tried)).toEqual([all]);
  const poor = triedLines('coder:7b', { ...tried, tokensPerS: null, tools: false, structured: false });
  expect(poor[0]).toMatch(/too short an answer to measure, first token after 0.9 s$/);
  expect(poor.slice(1).join()).toMatch(/called none.*name another model.*plans and reviews will fail/);
  const mute = { says: false, tokensPerS: null, firstTokenMs: null, tools: null, structured: null };
  expect(triedLines('coder:7b', mute).join()).toMatch(/answered with nothing: pull it again/);
});
