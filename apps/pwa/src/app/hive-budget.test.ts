import { afterEach, expect, test, vi } from 'vitest';
import type { DayBudget } from '@hive/events';
import type { RoomDesk } from '../data/desk.ts';
import type { LiveNews, LiveStream } from '../data/live-stream.ts';
import { budgetWords, type HiveBudget } from './hive-budget.ts';

const spent = { tokens: 12_400, usd: 1.234 };
const day: DayBudget = {
  day: '2030-01-31',
  since: '2030-01-31T00:00:00.000Z',
  resetsAt: '2030-02-01T00:00:00.000Z',
  spent,
  open: { tokens: 0, usd: 0 },
  limit: { usd: 10 },
  usedShare: 0.1234,
};

afterEach(() => {
  vi.useRealTimers();
  document.body.replaceChildren();
});

test.each([
  ['$1.23 of $10.00 today', { usd: 10 }],
  ['12.4K of 200K tokens today', { tokens: 200_000 }],
  ['12.4K of 20K tokens today', { tokens: 20_000, usd: 10 }],
  ['$1.23 of $1.50 today', { tokens: 200_000, usd: 1.5 }],
  ['$1.23 today', null],
])('%s', (words, limit) => {
  expect(budgetWords({ spent, limit })).toBe(words);
});

test('nothing is said of a day without calls and without a limit', () => {
  expect(budgetWords({ spent: { tokens: 0, usd: 0 }, limit: null })).toBeNull();
  expect(budgetWords({ spent: { tokens: 0, usd: 0 }, limit: { usd: 5 } })).toBe('$0.00 of $5.00 today');
});

const show = (state = 'connecting') => {
  const budget = vi.fn(async () => day);
  let hear: (news: LiveNews) => void = () => undefined;
  const live = {
    connection: { state },
    follow: (heard: typeof hear, filter: object) => {
      expect(filter).toEqual({ types: ['task.*'] });
      hear = heard;
      return () => undefined;
    },
  } as unknown as LiveStream;
  const chip = document.createElement('hive-budget');
  Object.assign(chip, { desk: { budget } as unknown as RoomDesk, live });
  document.body.append(chip);
  return { chip, budget, hear: (news: LiveNews) => hear(news) };
};
const hello = { kind: 'hello', missed: false, build: '' } as unknown as LiveNews;
const calls = { kind: 'events', events: [] } as unknown as LiveNews;
const linkOf = (chip: HiveBudget) => chip.renderRoot.querySelector('a');

test('it is asked for when Hive answers, rests between calls, and leads to the events of the day', async () => {
  vi.useFakeTimers();
  const { chip, budget, hear } = show();
  expect(budget).not.toHaveBeenCalled();
  await chip.updateComplete;
  hear(hello);
  await vi.advanceTimersByTimeAsync(0);
  await chip.updateComplete;
  expect(linkOf(chip)?.textContent).toBe('$1.23 of $10.00 today');
  expect(linkOf(chip)?.getAttribute('href')).toBe('/events?type=model.*&since=2030-01-31T00%3A00%3A00.000Z');
  budget.mockResolvedValue({ ...day, spent: { tokens: 1, usd: 10.5 }, usedShare: 1.05 });
  for (let n = 0; n < 100; n += 1) hear(calls);
  await vi.advanceTimersByTimeAsync(9000);
  expect(budget).toHaveBeenCalledTimes(1);
  await vi.advanceTimersByTimeAsync(2000);
  await chip.updateComplete;
  expect(budget).toHaveBeenCalledTimes(2);
  expect(linkOf(chip)?.textContent).toBe('Used up: $10.50 of $10.00 today');
  expect(linkOf(chip)?.className).toBe('tone-failed');
});

test('where Hive has answered before the chip came, it is asked for at once', async () => {
  const { chip } = show('live');
  await vi.waitFor(() => expect(linkOf(chip)?.textContent).toBe('$1.23 of $10.00 today'));
});

test('a look that fails leaves what was known, and the next call asks again', async () => {
  vi.useFakeTimers();
  const { chip, budget, hear } = show();
  await chip.updateComplete;
  hear(hello);
  await vi.advanceTimersByTimeAsync(0);
  budget.mockRejectedValueOnce(new Error('away'));
  hear(calls);
  await vi.advanceTimersByTimeAsync(11_000);
  await chip.updateComplete;
  expect(linkOf(chip)?.textContent).toBe('$1.23 of $10.00 today');
  hear(calls);
  await vi.advanceTimersByTimeAsync(11_000);
  expect(budget).toHaveBeenCalledTimes(3);
});
