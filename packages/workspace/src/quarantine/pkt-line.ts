import { HiveError } from '@hive/errors';

/** git's packet that ends a list. */
export const flushPacket = Buffer.from('0000');

/** The most bytes that one packet carries. */
export const maxPayload = 65_516;

/** One packet: four hex digits with its length, then what it carries. */
export const packet = (payload: string | Uint8Array): Buffer => {
  const bytes = Buffer.from(payload as string); // a text or bytes: both are taken
  return Buffer.concat([Buffer.from((bytes.length + 4).toString(16).padStart(4, '0')), bytes]);
};

/** Reads packets from the front of a stream of bytes, and leaves the rest as it is. */
export type PacketReader = {
  /** What the next packet carries; null for a flush or where the stream ends. Throws `input.invalid` for anything else. */
  next(): Promise<Buffer | null>;
  /** All that was not read as packets. */
  rest(): AsyncIterable<Uint8Array>;
};

/** At most `limit` bytes are read as packets. */
export const readPackets = (source: AsyncIterable<Uint8Array>, limit: number): PacketReader => {
  const chunks = source[Symbol.asyncIterator]();
  let held = Buffer.alloc(0);
  let read = 0;
  let isOver = false;
  const hold = async (length: number): Promise<boolean> => {
    while (held.length < length && !isOver) {
      const chunk = await chunks.next();
      if (chunk.done === true) isOver = true;
      else held = Buffer.concat([held, chunk.value]);
    }
    return held.length >= length;
  };
  const take = (length: number): Buffer => {
    const taken = held.subarray(0, length);
    held = held.subarray(length);
    return taken;
  };
  return {
    next: async () => {
      if (!(await hold(4))) {
        if (held.length === 0) return null;
        throw notGit();
      }
      const digits = take(4).toString('latin1');
      if (!/^[0-9a-f]{4}$/i.test(digits)) throw notGit();
      const length = parseInt(digits, 16);
      if (length === 0) return null;
      read += length;
      if (length < 4 || read > limit || !(await hold(length - 4))) throw notGit();
      return take(length - 4);
    },
    rest: async function* () {
      if (held.length > 0) yield held;
      while (!isOver) {
        const chunk = await chunks.next();
        if (chunk.done === true) return;
        yield chunk.value;
      }
    },
  };
};

const notGit = () => new HiveError('input.invalid', 'The body is not what git push sends, or names too much at once');

/** The packets of a text that is already here. */
export const packetsOf = async (bytes: Uint8Array): Promise<Buffer[]> => {
  const reader = readPackets(
    (async function* () {
      await Promise.resolve();
      yield bytes;
    })(),
    bytes.length + 4,
  );
  const packets: Buffer[] = [];
  for (let found = await reader.next(); found !== null; found = await reader.next()) packets.push(found);
  return packets;
};
