import { HiveError } from '@hive/errors';
import type { Desk, HiveEvent } from '@hive/events';
import { expect, test } from 'vitest';
import { openDashboard } from './testing/dashboard.ts';

const id = '01990000-0000-7000-8000-00000000abcd';
const events = Array.from({ length: 1200 }, (_, n) => ({
  id: `e${n}`,
  position: n + 1,
  data: { n, text: '\u2028\n' },
}));

const desk = {
  workflow: (asked: string) =>
    id.endsWith(asked)
      ? Promise.resolve({ correlationId: id })
      : Promise.reject(new HiveError('input.unknown_id', `There is no workflow ${asked}`)),
  events: ({ correlationId, after = 0, limit = 0 }: { correlationId: string; after?: number; limit?: number }) => {
    const items = correlationId === id ? events.slice(after, after + limit) : [];
    const last = items.at(-1)?.position ?? 0;
    return Promise.resolve({
      items: items as unknown as HiveEvent[], // what is in them does not matter here
      next: items.length > 0 && last < events.length ? String(last) : null,
    });
  },
} as unknown as Desk;

test('a trace is sent as one line of JSON for each event, in log order, whole or by the ending of its id', async () => {
  for (const asked of [id, '0000abcd']) {
    const response = await openDashboard(desk).ask(`/api/v1/traces/${asked}?format=ndjson`);
    expect(response.headers.get('content-type')).toBe('application/x-ndjson; charset=utf-8');
    expect(response.headers.get('content-disposition')).toBe('attachment; filename="hive-trace-0000abcd.ndjson"');
    const lines = (await response.text()).trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual(events);
  }
});

test('a trace that is not there is told as a problem, and not as an empty file', async () => {
  const unknown = '01990000-0000-7000-8000-00000000ffff';
  for (const asked of [unknown, 'ffffffff']) {
    const response = await openDashboard(desk).ask(`/api/v1/traces/${asked}?format=ndjson`);
    expect(response.status).toBe(404);
    expect(await response.json()).toMatchObject({ code: 'input.unknown_id' });
  }
});
