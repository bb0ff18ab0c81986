import type { Desk, EventFilter } from '@hive/events';
import { streamFrames } from './frames.ts';

/** Two beats: a client that takes nothing for longer is let go, and resumes by its cursor. */
const stuckMs = 30_000;

/** The open streams of this process. */
export type Streams = {
  /** How many clients follow right now. */
  count(): number;
  open(filter: EventFilter, gone: AbortSignal): Response;
};

/** Serves `GET /stream`. `draining` ends all of them with a `bye`. */
export const createStreams = (
  desk: Desk,
  options: { readonly build: string; readonly draining: AbortSignal },
): Streams => {
  let open = 0;
  return {
    count: () => open,
    open: (filter, gone) => {
      const stop = new AbortController();
      const signal = AbortSignal.any([stop.signal, gone]);
      const frames = streamFrames(desk, { ...options, filter, signal });
      const encoder = new TextEncoder();
      let stuck: NodeJS.Timeout | undefined;
      open += 1;
      const close = () => {
        if (!stop.signal.aborted) open -= 1;
        clearTimeout(stuck);
        stop.abort();
      };
      gone.addEventListener('abort', close, { once: true });
      const body = new ReadableStream<Uint8Array>({
        pull: async (controller) => {
          clearTimeout(stuck);
          const frame = await frames.next();
          if (frame.done) {
            close();
            return controller.close();
          }
          controller.enqueue(encoder.encode(frame.value));
          stuck = setTimeout(() => {
            close();
            controller.error(new Error('the client takes nothing'));
          }, stuckMs);
        },
        cancel: close,
      });
      return new Response(body, {
        headers: {
          'content-type': 'text/event-stream',
          'cache-control': 'no-cache, no-transform',
          'x-accel-buffering': 'no',
        },
      });
    },
  };
};
