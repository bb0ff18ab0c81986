import type { Desk, EventFilter } from '@hive/events';
import { createFrames, streamFrames } from './frames.ts';
import { createTail } from './tail.ts';

/** Two beats: a client that takes nothing for longer is let go, and resumes by its cursor. */
const stuckMs = 30_000;

/** The open streams of this process. */
export type Streams = {
  /** How many clients follow right now. */
  count(): number;
  /** How many events the slowest of them is behind. One that still reads what it missed counts from where it joined. */
  behind(): number;
  open(filter: EventFilter, gone: AbortSignal): Response;
};

/** Serves `GET /stream` from one tail of the log. `draining` ends all of them with a `bye`. */
export const createStreams = (
  desk: Desk,
  options: { readonly build: string; readonly draining: AbortSignal },
): Streams => {
  const shared = createFrames(createTail(desk));
  let open = 0;
  const lags = new Set<() => number>();
  return {
    count: () => open,
    behind: () => Math.max(0, ...[...lags].map((lag) => lag())),
    open: (filter, gone) => {
      const stop = new AbortController();
      let lag: (() => number) | undefined;
      const onBegun = (behind: () => number) => lags.add((lag = behind));
      const frames = streamFrames(shared, desk, { ...options, filter, signal: stop.signal, onBegun });
      let stuck: NodeJS.Timeout | undefined;
      open += 1;
      const close = () => {
        if (stop.signal.aborted) return;
        open -= 1;
        if (lag) lags.delete(lag);
        clearTimeout(stuck);
        gone.removeEventListener('abort', close);
        stop.abort();
        // One that waits for nothing any more would never let go of the tail.
        void frames.return(undefined).catch(() => undefined);
      };
      gone.addEventListener('abort', close, { once: true });
      if (gone.aborted) close();
      const body = new ReadableStream<Uint8Array>({
        pull: async (controller) => {
          clearTimeout(stuck);
          const frame = await frames.next().catch((error: unknown) => {
            close();
            throw error;
          });
          if (frame.done) {
            close();
            return controller.close();
          }
          if (stop.signal.aborted) return;
          controller.enqueue(frame.value);
          stuck = setTimeout(() => {
            close();
            controller.error(new Error('the client takes nothing'));
          }, stuckMs);
        },
        cancel: close,
      });
      return new Response(body, {
        // None of `connection` and `transfer-encoding`: over HTTP/2 they would end the process.
        headers: {
          'content-type': 'text/event-stream',
          'cache-control': 'no-cache, no-transform',
          'x-accel-buffering': 'no',
        },
      });
    },
  };
};
