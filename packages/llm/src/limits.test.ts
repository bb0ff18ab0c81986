import { expect, test } from 'vitest';
import { httpError, limitsOf, momentOf, shareOf } from './index.ts';

test('the limits of a key and the windows of a plan are read from headers', () => {
  const headers = new Headers({
    'anthropic-ratelimit-requests-limit': '50',
    'anthropic-ratelimit-requests-remaining': '10',
    'anthropic-ratelimit-requests-reset': '2026-06-01T12:00:30Z',
    'anthropic-ratelimit-output-tokens-limit': 'many',
    'anthropic-ratelimit-unified-status': 'allowed_warning',
    'anthropic-ratelimit-unified-5h-utilization': '0.91',
    'anthropic-ratelimit-unified-5h-reset': '1780315200',
    'anthropic-ratelimit-unified-7d-opus-utilization': '42',
    'anthropic-ratelimit-unified-reset': '1780315200',
    'retry-after': '3',
  });
  expect(limitsOf(headers)).toEqual(
    expect.arrayContaining([
      { kind: 'requests', limit: 50, remaining: 10, usedShare: 0.8, resetsAt: '2026-06-01T12:00:30.000Z' },
      { kind: 'output-tokens', limit: null, remaining: null, usedShare: null, resetsAt: null },
      { kind: 'five_hour', limit: null, remaining: null, usedShare: 0.91, resetsAt: '2026-06-01T12:00:00.000Z' },
      { kind: '7d_opus', limit: null, remaining: null, usedShare: 0.42, resetsAt: null },
    ]),
  );
  expect(limitsOf(headers)).toHaveLength(4);
  expect(limitsOf(new Headers({ 'content-type': 'text/plain' }))).toEqual([]);
});

test.each([
  ['2026-06-01T12:00:00Z', '2026-06-01T12:00:00.000Z'],
  ['1780315200', '2026-06-01T12:00:00.000Z'],
  [1_780_315_200_000, '2026-06-01T12:00:00.000Z'],
  ['soon', null],
  ['', null],
  [undefined, null],
  [1e300, null],
])('the moment %s is %s', (told, moment) => {
  expect(momentOf(told)).toBe(moment);
});

test('a share may come in percent', () => {
  expect([shareOf(0.5), shareOf(1.2), shareOf(95)]).toEqual([0.5, 1.2, 0.95]);
});

const now = Date.parse('2026-06-01T12:00:00Z');
const refused = (headers: Record<string, string>) =>
  httpError({ status: 429, headers: new Headers(headers), message: 'no', destination: 'api', now });

test('a window of a plan that is used up is told with its end', () => {
  const error = refused({
    'anthropic-ratelimit-unified-status': 'rejected',
    'anthropic-ratelimit-unified-representative-claim': 'five_hour',
    'anthropic-ratelimit-unified-reset': String(now / 1000 + 7200),
  });
  expect(error).toMatchObject({
    code: 'model.window_exhausted',
    remedy: 'retry',
    retryAfterMs: 7_200_000,
    details: { window: 'five_hour', retryAt: '2026-06-01T14:00:00.000Z' },
  });
});

test('an absurd wait is capped, and that is said', () => {
  const error = refused({ 'retry-after': '2073600000' });
  expect(error.details).toMatchObject({ retryAt: '2026-07-02T12:00:00.000Z', retryCapped: true });
  expect(error.message).toContain('after 31 days');
  expect(refused({ 'retry-after': '30' }).details).toEqual({
    status: 429,
    destination: 'api',
    retryAt: '2026-06-01T12:00:30.000Z',
  });
});
