import type { Context } from 'hono';
import type { IncomingMessage } from 'node:http';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';

const brotli = promisify(brotliCompress);
const zip = promisify(gzip);

/** Below this the headers are most of it. */
const worthIt = 4096;

const isLoopback = (address: string): boolean => /^(::1|(::ffff:)?127\.)/.test(address);

/** True for a browser on this machine: there compressing takes longer than sending. A proxy before us says so, and may be anywhere. */
const isNear = (c: Context): boolean => {
  const { incoming } = (c.env ?? {}) as { incoming?: IncomingMessage }; // what @hono/node-server hands over; absent without a socket
  const behind = ['forwarded', 'x-forwarded-for', 'via'].some((name) => c.req.header(name) !== undefined);
  return !behind && isLoopback(incoming?.socket?.remoteAddress ?? '');
};

/** Answers with this JSON as the client can take it: compressed off this thread, at a level that costs less than it saves. */
export const compressed = async (c: Context, text: string): Promise<Response> => {
  const accepts = c.req.header('accept-encoding') ?? '';
  const headers = { 'content-type': 'application/json', vary: 'accept-encoding' };
  if (text.length < worthIt || isNear(c)) return c.body(text, 200, headers);
  if (/\bbr\b/.test(accepts)) {
    const bytes = await brotli(text, { params: { [constants.BROTLI_PARAM_QUALITY]: 4 } });
    return c.body(Uint8Array.from(bytes), 200, { ...headers, 'content-encoding': 'br' });
  }
  if (/\bgzip\b/.test(accepts))
    return c.body(Uint8Array.from(await zip(text, { level: 4 })), 200, { ...headers, 'content-encoding': 'gzip' });
  return c.body(text, 200, headers);
};
