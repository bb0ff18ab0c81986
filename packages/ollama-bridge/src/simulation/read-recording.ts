import { z } from 'zod';
import { HiveError } from '@hive/errors';
import type { RecordedCall } from './recorded-load.ts';

const Call = z.object({
  at: z.iso.datetime(),
  data: z.object({
    model: z.string(),
    box: z.string().nullable(),
    input: z.number().nullable(),
    cached: z.number().nullable(),
    output: z.number().nullable(),
    totalMs: z.number(),
    queuedMs: z.number().optional(),
    loadMs: z.number().optional(),
    tokensPerS: z.number().nullable(),
    source: z.enum(['live', 'cache', 'replay']).default('live'),
  }),
});
const Typed = z.object({ type: z.string() });

/** A box as `hive boxes --json` tells of it. */
const KnownBox = z.object({
  name: z.string(),
  models: z.array(z.object({ name: z.string(), size: z.number(), tokensPerS: z.number().nullable() })),
  memory: z.object({ total: z.number() }).nullable(),
});
export type KnownBox = z.infer<typeof KnownBox>;

/**
 * The calls that boxes answered, from events in any of the forms in which Hive hands them out: one a line (`hive events --json`, a saved trace), a list
 * (`hive trace --json`) or `{ items }`. Other events, and answers from the cache or a recording, are passed over. Throws `input.invalid`.
 */
export const callsIn = (text: string): readonly RecordedCall[] => {
  const calls = itemsIn(text, 'events').flatMap((event) => {
    if (Typed.safeParse(event).data?.type !== 'model.called') return [];
    const call = Call.safeParse(event);
    if (!call.success) throw refused(`holds a model.called that cannot be read: ${z.prettifyError(call.error)}`);
    return call.data.data.source === 'live' && call.data.data.box !== null && call.data.data.output !== null
      ? [call.data]
      : [];
  });
  if (calls.length === 0) throw refused('holds no call that a box answered; record some, or simulate made-up ones');
  return calls;
};

/** The boxes that `hive boxes --json` told of. Throws `input.invalid`. */
export const boxesIn = (text: string): readonly KnownBox[] =>
  itemsIn(text, 'boxes').map((item) => {
    const box = KnownBox.safeParse(item);
    if (!box.success) throw refused(`is not what \`hive boxes --json\` prints: ${z.prettifyError(box.error)}`);
    return box.data;
  });

const itemsIn = (text: string, what: string): readonly unknown[] => {
  const whole = jsonOf(text) ?? text.split('\n').flatMap((line) => (line.trim() === '' ? [] : [jsonOf(line)]));
  if (Array.isArray(whole) && !whole.includes(undefined)) return whole;
  const { items } = z.object({ items: z.array(z.unknown()) }).safeParse(whole).data ?? {};
  if (items) return items;
  if (Typed.safeParse(whole).success) return [whole]; // a single line
  throw refused(`holds no ${what} as JSON, neither one a line nor a list`);
};

const jsonOf = (text: string): unknown => {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
};

const refused = (why: string): HiveError => new HiveError('input.invalid', `The recording ${why}`);
