/** The longest line that is accepted; a record of a chat has a few hundred bytes. */
const longestLine = 8 * 1024 * 1024;

/** One line of an answer. */
export type StreamRecord = Readonly<Record<string, unknown>>;

/** What {@link strictRecords} calls for the two things that a line can be. */
export type RecordCheck = {
  /** A record. Returns true for the terminal one. Throws for a record that reports an error. */
  readonly isLast: (record: StreamRecord) => boolean;
  /** The error for bytes that break the protocol. */
  readonly broken: (why: string) => Error;
};

/**
 * The records of NDJSON, as many at once as a piece of bytes completes. Throws where the ollama client would drop a line with a warning: for a
 * line that is not a JSON object, one that is too long, bytes that are not UTF-8, and an end without a terminal record. Ends with the
 * terminal record; what follows it says nothing.
 */
export async function* strictRecords(
  bytes: AsyncIterable<Uint8Array>,
  { isLast, broken }: RecordCheck,
): AsyncGenerator<readonly StreamRecord[]> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
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
  /** The good records; the first bad line is kept for after them, so that what was said before it is heard however the bytes are split. */
  const take = (lines: readonly string[]): StreamRecord[] => {
    const records: StreamRecord[] = [];
    try {
      for (const line of lines) {
        if (ended || line.trim() === '') continue;
        const record = objectOf(line, broken);
        ended = isLast(record);
        records.push(record);
      }
    } catch (error) {
      failure = error instanceof Error ? error : broken(String(error));
    }
    return records;
  };

  for await (const piece of bytes) {
    const lines = (tail + decode(piece)).split('\n');
    tail = lines.pop() ?? '';
    const records = take(lines);
    if (records.length > 0) yield records;
    if (failure) throw failure;
    if (ended) return;
    if (tail.length > longestLine) throw broken('a line of more than 8 MiB');
  }
  const last = take([tail + decode()]);
  if (failure) throw failure;
  if (!ended) throw broken('no terminal record');
  yield last;
}

const objectOf = (line: string, broken: RecordCheck['broken']): StreamRecord => {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    throw broken('a line that is not JSON');
  }
  if (value === null || typeof value !== 'object' || Array.isArray(value)) throw broken('a line that is no object');
  return value as StreamRecord;
};
