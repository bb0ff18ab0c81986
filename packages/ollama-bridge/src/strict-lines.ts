import type { Bytes } from '@hive/llm';

/** The longest line that is accepted; a record of a chat has a few hundred bytes. */
const longestLine = 8 * 1024 * 1024;

/** What {@link strictLines} calls for the two things that a good line can be. */
export type LineReader = {
  /** A record. Returns true for the terminal one. Throws for a record that reports an error. */
  readonly record: (record: Readonly<Record<string, unknown>>) => boolean;
  /** The error for bytes that break the protocol. */
  readonly broken: (why: string) => Error;
};

/**
 * Passes NDJSON on line by line and throws where the ollama client would drop a line with a warning: a line that is not a JSON object,
 * one that is too long, bytes that are not UTF-8, and an end without a terminal record. What follows the terminal record is ignored.
 */
export async function* strictLines(bytes: Bytes, { record, broken }: LineReader): AsyncGenerator<Uint8Array> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  const encoder = new TextEncoder();
  let tail = '';
  let ended = false;
  let failure: Error | undefined;

  const decode = (piece?: Uint8Array): string => {
    try {
      return piece ? decoder.decode(piece, { stream: true }) : decoder.decode();
    } catch {
      throw broken('bytes that are not UTF-8');
    }
  };
  /** The good lines; the first bad one is kept for after them, so that what was said before it is heard however the bytes are split. */
  const take = (lines: readonly string[]): string => {
    let passed = '';
    try {
      for (const line of lines) {
        if (ended || line.trim() === '') continue;
        ended = record(objectOf(line, broken));
        passed += `${line}\n`;
      }
    } catch (error) {
      failure = error instanceof Error ? error : broken(String(error));
    }
    return passed;
  };

  for await (const piece of bytes) {
    if (ended) continue;
    const lines = (tail + decode(piece)).split('\n');
    tail = lines.pop() ?? '';
    const passed = take(lines);
    if (passed !== '') yield encoder.encode(passed);
    if (failure) throw failure;
    if (tail.length > longestLine) throw broken('a line of more than 8 MiB');
  }
  if (ended) return;
  const last = take([tail + decode()]);
  if (failure) throw failure;
  if (!ended) throw broken('no terminal record');
  yield encoder.encode(last);
}

const objectOf = (line: string, broken: LineReader['broken']): Record<string, unknown> => {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    throw broken('a line that is not JSON');
  }
  if (value === null || typeof value !== 'object' || Array.isArray(value)) throw broken('a line that is no object');
  return value as Record<string, unknown>;
};
