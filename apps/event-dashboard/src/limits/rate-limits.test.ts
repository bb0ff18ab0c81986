import { expect, test } from 'vitest';
import { createRateLimits, limitHeaders, quotasOf, type LimitName } from './rate-limits.ts';

const openLimits = (requests: number, seconds: number) => {
  let now = 1_000_000;
  const quota = { requests, seconds };
  const limits = createRateLimits({ read: quota, write: quota, pair: quota, key: quota }, () => now);
  const take = (count: number, who = 'ada', name: LimitName = 'read') =>
    Array.from({ length: count }, () => limits.take(name, who)).filter(({ waitS }) => waitS === null).length;
  return { limits, take, pass: (ms: number) => (now += ms) };
};

test('so many may come at once, and what was used comes back evenly', () => {
  const { take, pass } = openLimits(10, 5);
  expect(take(20)).toBe(10);
  pass(499);
  expect(take(1)).toBe(0);
  pass(1);
  expect(take(2)).toBe(1);
  pass(2500);
  expect(take(20)).toBe(5);
  pass(60_000);
  expect(take(20)).toBe(10);
});

test('in any window no more are let through than the quota and what came back meanwhile', () => {
  const { take, pass } = openLimits(7, 3);
  let through = 0;
  for (let ms = 0; ms < 30_000; ms += 37) {
    through += take(2);
    pass(37);
  }
  expect(through).toBeLessThanOrEqual(7 + 70);
  expect(through).toBeGreaterThanOrEqual(70);
});

test('senders and kinds of requests are counted apart', () => {
  const { take } = openLimits(2, 10);
  expect([take(3), take(3, 'bob'), take(3, 'ada', 'write'), take(3, 'ada', 'pair'), take(3)]).toEqual([2, 2, 2, 2, 0]);
});

test('headers tell the policy, what is left, and when all of it is back; a refusal says when to come', () => {
  const { limits, pass } = openLimits(2, 10);
  const said = () => limitHeaders(limits.take('read', 'ada'));
  expect(said()).toEqual({ 'ratelimit-policy': '"read";q=2;w=10', ratelimit: '"read";r=1;t=5' });
  expect(said()).toMatchObject({ ratelimit: '"read";r=0;t=10' });
  pass(1000);
  const refused = limits.take('read', 'ada');
  expect([refused.waitS, limitHeaders(refused)['ratelimit']]).toEqual([4, '"read";r=0;t=9']);
  pass(4000);
  expect(limits.take('read', 'ada').waitS).toBeNull();
});

test('however many senders come, so much is remembered and no more', () => {
  const { limits, take } = openLimits(1, 1000);
  take(1, 'first');
  for (let n = 0; n < 20_000; n++) limits.take('key', `${n}`);
  expect(take(1, 'first')).toBe(1); // forgotten, at no cost to them
  expect(take(1, '19999', 'key')).toBe(0);
});

test('a configured rate is a second, with bursts of ten, and a third of it for changes', () => {
  const { read, write, pair } = quotasOf(100);
  expect([read, write, pair]).toEqual([
    { requests: 1000, seconds: 10 },
    { requests: 334, seconds: 10 },
    { requests: 10, seconds: 60 },
  ]);
  expect(quotasOf(0.01).write.requests).toBe(1);
});
