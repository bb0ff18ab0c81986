import { expect, test } from 'vitest';
import type { AgentRow } from '@hive/core-db';
import { createCrowd } from './crowd.ts';

const agent = (role: string, status: AgentRow['status'] = 'idle'): AgentRow => ({
  ...{ incarnation: 'i', agent: 'a', role, host: 'h', pid: 1, capabilities: [], status, load: 0 },
  ...{ startedAt: '', beatAt: '', version: '0' },
});
const many = (count: number, of: AgentRow): AgentRow[] => Array.from({ length: count }, () => of);
/** The minimal standard generator (Park and Miller, 1988). */
const drawn = (seed: number) => {
  let n = seed;
  return () => (n = (n * 48_271) % 2_147_483_647) / 2_147_483_647;
};

test('few agents look at once when it rings', () => {
  const crowd = createCrowd('worker', drawn(7));
  expect(Array.from({ length: 20 }, () => crowd.waitMs())).toEqual(Array.from({ length: 20 }, () => 0));
  crowd.see([...many(4, agent('worker')), ...many(60, agent('reviewer')), ...many(60, agent('worker', 'draining'))]);
  expect(Array.from({ length: 20 }, () => crowd.waitMs())).toEqual(Array.from({ length: 20 }, () => 0));
});

test('of a crowd about four look at once, and the others one after the other', () => {
  const crowd = createCrowd('worker', drawn(997));
  crowd.see(many(60, agent('worker')));
  const waits = Array.from({ length: 6_000 }, () => crowd.waitMs());
  const later = waits.filter((ms) => ms > 0);
  expect((waits.length - later.length) / 100).toBeGreaterThan(3);
  expect((waits.length - later.length) / 100).toBeLessThan(5);
  expect(Math.max(...later)).toBeLessThanOrEqual(600);
  // Spread over the time and not at its end.
  expect(later.filter((ms) => ms < 300).length / later.length).toBeCloseTo(0.5, 1);
});
