import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { origin, type Cursor } from '@hive/core-db';
import type { Place } from './contender.ts';
import { openPlace } from './hive-log.ts';

/** A reader that may be killed at any moment: what it read and how far it is are one line of a file, written at once. */
export type ReaderOrder = { readonly place: Place; readonly file: string };
/** One page as the file keeps it. */
export type Page = { readonly looked: Cursor; readonly positions: readonly number[] };

const pageSize = 500;
const pauseMs = 10;

const { place, file } = JSON.parse(process.argv[2] ?? '{}') as ReaderOrder;
const store = await openPlace(place);
process.on('disconnect', () => process.exit(0));
let last = false;
process.once('message', () => (last = true));

const kept = existsSync(file) ? readFileSync(file, 'utf8') : '';
const whole = kept.slice(0, kept.lastIndexOf('\n') + 1);
if (whole.length < kept.length) writeFileSync(file, whole);
const line = whole.trimEnd().split('\n').at(-1);
let cursor = line ? (JSON.parse(line) as Page).looked : origin;

for (;;) {
  // Asked for before the look: what was written before the word came is seen by the look after it.
  const isLast = last;
  const { events, looked } = await store.events({ after: cursor, limit: pageSize });
  if (events.length > 0) {
    const page: Page = { looked, positions: events.map((event) => event.position) };
    appendFileSync(file, `${JSON.stringify(page)}\n`);
    cursor = looked;
  } else if (isLast) break;
  else await sleep(pauseMs);
}
await store.close();
process.disconnect();
