import type { Context } from 'hono';
import { HiveError } from '@hive/errors';
import { Id, shortId, type Desk, type HiveEvent, type Page } from '@hive/events';

const pageSize = 500;

/**
 * A trace as a file: each event as one line of JSON, in log order, exactly as `GET /events` tells it. Read from the log page by page while it is
 * sent, so that a trace of a million events takes no more memory than a small one. Throws `input.unknown_id` before anything is sent.
 */
export const traceLines = async (c: Context, desk: Desk, asked: string): Promise<Response> => {
  const correlationId = Id.safeParse(asked).success ? asked : (await desk.workflow(asked)).correlationId;
  const read = (after: string | null) =>
    desk.events({ correlationId, limit: pageSize, ...(after !== null && { after: Number(after) }) });
  const first = await read(null);
  if (first.items.length === 0) throw new HiveError('input.unknown_id', `There is no trace ${asked}`);
  return c.body(linesOf(first, read), 200, {
    'content-type': 'application/x-ndjson; charset=utf-8',
    'content-disposition': `attachment; filename="hive-trace-${shortId(correlationId)}.ndjson"`,
  });
};

const textOf = (events: readonly HiveEvent[]): string => events.map((event) => `${JSON.stringify(event)}\n`).join('');

/** Pulled: the next page is read when the client has taken the last one. */
const linesOf = (
  first: Page<HiveEvent>,
  read: (after: string) => Promise<Page<HiveEvent>>,
): ReadableStream<Uint8Array> => {
  const encoder = new TextEncoder();
  let page: Page<HiveEvent> | null = first;
  return new ReadableStream({
    pull: async (controller) => {
      if (page === null) return controller.close();
      controller.enqueue(encoder.encode(textOf(page.items)));
      page = page.next === null ? null : await read(page.next);
    },
  });
};
