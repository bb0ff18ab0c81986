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
export const strictLines = ({ record, broken }: LineReader): TransformStream<Uint8Array, Uint8Array> => {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  const encoder = new TextEncoder();
  let tail = '';
  let ended = false;

  const decode = (bytes?: Uint8Array): string => {
    try {
      return bytes ? decoder.decode(bytes, { stream: true }) : decoder.decode();
    } catch {
      throw broken('bytes that are not UTF-8');
    }
  };
  const take = (line: string, out: TransformStreamDefaultController<Uint8Array>) => {
    if (ended || line.trim() === '') return;
    ended = record(objectOf(line, broken));
    out.enqueue(encoder.encode(`${line}\n`));
  };

  return new TransformStream({
    transform: (bytes, out) => {
      const lines = (tail + decode(bytes)).split('\n');
      tail = lines.pop() ?? '';
      if (tail.length > longestLine) throw broken('a line of more than 8 MiB');
      for (const line of lines) take(line, out);
    },
    flush: (out) => {
      tail += decode();
      take(tail, out);
      if (!ended) throw broken('no terminal record');
    },
  });
};

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
