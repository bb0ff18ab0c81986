import { clock } from './clock.ts';
import type { Place } from './contender.ts';
import { openPlace } from './hive-log.ts';
import { appendTo } from './log-writes.ts';

/** What a writing process does once it is told to go: so many events in transactions of random length, or single ones for a time. */
export type WriterOrder = { readonly place: Place; readonly name: string } & (
  { readonly events: number; readonly shared: number; readonly longest: number } | { readonly ms: number }
);
/** `waits` are those of single appends, in milliseconds. */
export type WriterWord = 'ready' | { readonly written: number; readonly waits: readonly number[] };

const order = JSON.parse(process.argv[2] ?? '{}') as WriterOrder;
const say = (word: WriterWord): void => void process.send?.(word);
const store = await openPlace(order.place);
process.on('disconnect', () => process.exit(0));
const below = (limit: number): number => Math.floor(Math.random() * limit);

process.once('message', () => {
  void ('ms' in order ? single(order.ms) : many(order.events, order)).then((word) => {
    say(word);
    void store.close().then(() => process.disconnect());
  });
});
say('ready');

async function single(ms: number): Promise<WriterWord> {
  const waits: number[] = [];
  const endsAt = clock() + ms;
  for (let now = clock(); now < endsAt;) {
    await appendTo(store, `${order.name}-${waits.length}`, 1);
    const after = clock();
    waits.push(after - now);
    now = after;
  }
  return { written: waits.length, waits };
}

/** Every third transaction goes to a stream that all writers share. */
async function many(events: number, of: { readonly shared: number; readonly longest: number }): Promise<WriterWord> {
  let written = 0;
  while (written < events) {
    const count = Math.min(events - written, 1 + below(of.longest));
    const stream = below(3) === 0 ? `shared-${below(of.shared)}` : `${order.name}-${below(1000)}`;
    await appendTo(store, stream, count);
    written += count;
  }
  return { written, waits: [] };
}
