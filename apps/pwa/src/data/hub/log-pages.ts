import type { HiveEvent, Page } from '@hive/events';
import type { LiveFilter } from './hub-messages.ts';

/** Reads a part of the log page by page: what comes after `from`, up to and with `to`. Rejects when a page cannot be had. */
export type LogPages = (
  filter: LiveFilter | null,
  range: { readonly from: number; readonly to: number },
) => AsyncIterable<readonly HiveEvent[]>;

const pageSize = 500;

/** Pages of the server that this page or worker came from, with the session of this browser. */
export const logPages = (send: typeof fetch = fetch.bind(globalThis)): LogPages =>
  async function* (filter, { from, to }) {
    for (let after = from; ;) {
      const query = new URLSearchParams({ after: String(after), until: String(to), limit: String(pageSize) });
      if (filter?.types && filter.types.length > 0) query.set('type', filter.types.join(','));
      if (filter?.correlationId !== undefined) query.set('correlationId', filter.correlationId);
      const response = await send(`/api/v1/events?${query.toString()}`);
      if (!response.ok) throw new Error(`The log answered ${response.status}`);
      const { items, next } = (await response.json()) as Page<HiveEvent>; // the server's own answer
      yield items;
      if (next === null) return;
      after = Number(next);
    }
  };
