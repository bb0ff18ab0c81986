import { expect, test } from 'vitest';
import { strictRecords } from './strict-records.ts';

const recorded = [{ text: 'Grüße 🐝\\n' }, { text: '"\u2028' }, { text: '' }, { done: true }]
  .map((record) => `${JSON.stringify(record)}\n`)
  .join('');
const bytes = new TextEncoder().encode(recorded);

/** A sequence of numbers that looks random and is always the same (mulberry32). */
const sequence = (seed: number) => () => {
  seed = (seed + 0x6d2b79f5) | 0;
  let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
};

const readThrough = async (chunks: readonly Uint8Array[]): Promise<string> => {
  const batches = strictRecords(ReadableStream.from(chunks), {
    isLast: (record) => record['done'] === true,
    broken: (why) => new Error(why),
  });
  let read = '';
  for await (const records of batches) for (const record of records) read += `${JSON.stringify(record)}\n`;
  return read;
};

test('any split of the bytes gives the same lines', async () => {
  for (let seed = 1; seed <= 300; seed += 1) {
    const next = sequence(seed);
    const chunks: Uint8Array[] = [];
    for (let at = 0; at < bytes.length;) {
      const length = 1 + Math.floor(next() * next() * 40);
      chunks.push(bytes.slice(at, at + length));
      at += length;
    }
    expect(await readThrough(chunks)).toBe(recorded);
  }
});

test.each<[string, Uint8Array | string, string]>([
  ['half a character', bytes.slice(0, bytes.indexOf(0xc3) + 1), 'bytes that are not UTF-8'],
  ['a line that is no object', '[1]\n', 'a line that is no object'],
  ['a line that is too long', 'x'.repeat(8 * 1024 * 1024 + 1), 'a line of more than 8 MiB'],
  ['nothing', '', 'no terminal record'],
])('%s is refused', async (_, given, message) => {
  await expect(readThrough([typeof given === 'string' ? new TextEncoder().encode(given) : given])).rejects.toThrow(
    message,
  );
});

test('what follows the terminal record is ignored', async () => {
  expect(await readThrough([bytes, new TextEncoder().encode('{"done":true}\ngarbage')])).toBe(recorded);
});
