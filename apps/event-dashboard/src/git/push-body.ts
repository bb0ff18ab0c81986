import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { HiveError } from '@hive/errors';

/** The bytes of a request, unpacked where git packed them, while they arrive. Throws `input.invalid` beyond `limit`. */
export async function* bytesOf(request: Request, limit: number): AsyncGenerator<Uint8Array> {
  if (request.body === null) return;
  const encoding = request.headers.get('content-encoding') ?? 'identity';
  if (!['identity', 'gzip', 'x-gzip'].includes(encoding))
    throw new HiveError('input.invalid', `A body that is packed with ${encoding} is not taken`);
  const raw = limited(request.body, limit);
  if (encoding === 'identity') {
    yield* raw;
    return;
  }
  // What unpacks to more than this is no push either.
  const unpacked = Readable.from(raw).compose(createGunzip()) as AsyncIterable<Uint8Array>;
  try {
    yield* limited(unpacked, limit);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code?.startsWith('Z_') !== true) throw error;
    throw new HiveError('input.invalid', 'The body says that it is gzip, and is not', { cause: error });
  }
}

async function* limited(source: AsyncIterable<Uint8Array>, limit: number): AsyncGenerator<Uint8Array> {
  let left = limit;
  for await (const chunk of source) {
    left -= chunk.length;
    if (left < 0) throw new HiveError('input.invalid', `A push of more than ${limit} bytes is not taken`);
    yield chunk;
  }
}
