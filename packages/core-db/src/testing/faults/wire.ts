/** One message of PostgreSQL's protocol with its bytes as they came. The first message of a client has no type: here it is `''`. */
export type Frame = { readonly type: string; readonly bytes: Buffer };

/**
 * Cuts a stream of bytes into messages: a type byte and a length of four bytes that counts itself. Packets may end anywhere.
 * `untyped` messages come first and have no type byte (the startup packet of a client).
 */
export const createFrameReader = (untyped: number): ((chunk: Buffer) => Frame[]) => {
  let rest: Buffer = Buffer.alloc(0);
  let left = untyped;
  return (chunk) => {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    const frames: Frame[] = [];
    for (;;) {
      const typeBytes = left > 0 ? 0 : 1;
      if (rest.length < typeBytes + 4) return frames;
      const length = typeBytes + rest.readInt32BE(typeBytes);
      if (rest.length < length) return frames;
      frames.push({ type: typeBytes ? String.fromCharCode(rest[0] ?? 0) : '', bytes: rest.subarray(0, length) });
      rest = rest.subarray(length);
      if (left > 0) left -= 1;
    }
  };
};

/** A statement that a client is about to have executed. */
export type Statement = {
  readonly sql: string;
  /** False: it is a transaction of its own, and is committed when the server is ready again. */
  readonly inTransaction: boolean;
};

/** Follows the messages of one client and tells which statement each executing message runs, prepared ones included. */
export const createStatementTracker = (): ((frame: Frame) => string | null) => {
  const prepared = new Map<string, string>();
  const portals = new Map<string, string>();
  return ({ type, bytes }) => {
    const [first = '', second = ''] = type === 'P' || type === 'B' || type === 'E' ? textsOf(bytes) : [];
    switch (type) {
      case 'Q':
        return bytes.toString('utf8', 5, bytes.length - 1);
      case 'P':
        prepared.set(first, second);
        return null;
      case 'B':
        portals.set(first, prepared.get(second) ?? '');
        return null;
      case 'E':
        return portals.get(first) ?? '';
      default:
        return null;
    }
  };
};

/** The texts, each ended by a zero byte, that a message begins with. */
const textsOf = (bytes: Buffer): [string, string] => {
  const end = bytes.indexOf(0, 5);
  const next = bytes.indexOf(0, end + 1);
  return [bytes.toString('utf8', 5, end), next < 0 ? '' : bytes.toString('utf8', end + 1, next)];
};

/** True for COMMIT and for a statement outside of a transaction that writes: by itself or through a function of the store. */
export const commits = ({ sql, inTransaction }: Statement): boolean =>
  /^\s*(commit|end)\b/i.test(sql) ||
  (!inTransaction && /^\s*((with|insert|update|delete)\b|select\b[^;]*\bhive_\w+\()/i.test(sql));
