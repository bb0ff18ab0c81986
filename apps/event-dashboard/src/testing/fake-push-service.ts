import { createDecipheriv, createECDH, createPublicKey, hkdfSync, randomBytes, verify } from 'node:crypto';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

/** What arrived: opened as the browser would, and with the signature of the sender checked. */
export type Arrived = {
  readonly headers: IncomingHttpHeaders;
  readonly bytes: number;
  readonly text: string;
  readonly audience: string;
  readonly subject: string;
};

const derive = (key: Buffer, salt: Buffer, info: Buffer | string, length: number) =>
  Buffer.from(hkdfSync('sha256', key, salt, info, length));

/** Opens an `aes128gcm` message (RFC 8188, RFC 8291) with the secrets of the browser. */
const opened = (body: Buffer, browser: ReturnType<typeof createECDH>, auth: Buffer): string => {
  const salt = body.subarray(0, 16);
  const sender = body.subarray(21, 21 + body.readUInt8(20));
  const sealed = body.subarray(21 + body.readUInt8(20));
  const info = Buffer.concat([Buffer.from('WebPush: info\0'), browser.getPublicKey(), sender]);
  const secret = derive(browser.computeSecret(sender), auth, info, 32);
  const key = derive(secret, salt, 'Content-Encoding: aes128gcm\0', 16);
  const nonce = derive(secret, salt, 'Content-Encoding: nonce\0', 12);
  const cipher = createDecipheriv('aes-128-gcm', key, nonce);
  cipher.setAuthTag(sealed.subarray(-16));
  const padded = Buffer.concat([cipher.update(sealed.subarray(0, -16)), cipher.final()]);
  return padded.subarray(0, padded.lastIndexOf(2)).toString('utf8');
};

/** Who signed the request (RFC 8292). Throws when the signature is not that of `publicKey`. */
const signerOf = (authorization: string, publicKey: string) => {
  const [, token = '', key] = /^vapid t=([^,]+), k=(.+)$/.exec(authorization) ?? [];
  const [head = '', claims = '', signature = ''] = token.split('.');
  const point = Buffer.from(publicKey, 'base64url');
  const [x, y] = [point.subarray(1, 33).toString('base64url'), point.subarray(33).toString('base64url')];
  const jwk = createPublicKey({ key: { kty: 'EC', crv: 'P-256', x, y }, format: 'jwk' });
  const signed = Buffer.from(`${head}.${claims}`);
  const options = { key: jwk, dsaEncoding: 'ieee-p1363' } as const;
  if (key !== publicKey || !verify('sha256', signed, options, Buffer.from(signature, 'base64url')))
    throw new Error('the signature is not that of this Hive');
  return JSON.parse(Buffer.from(claims, 'base64url').toString()) as { aud: string; sub: string; exp: number };
};

/** A push service on loopback with one browser. `answers` are its next statuses, then 201; a number below 100 ends the connection without one. */
export const startPushService = async (publicKey: () => string) => {
  const browser = createECDH('prime256v1');
  browser.generateKeys();
  const auth = randomBytes(16);
  const arrived: Arrived[] = [];
  const answers: (number | { status: number; retryAfter: number })[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks);
      const { aud, sub } = signerOf(request.headers.authorization ?? '', publicKey());
      const text = opened(body, browser, auth);
      arrived.push({ headers: request.headers, bytes: body.length, text, audience: aud, subject: sub });
      const answer = answers.shift() ?? 201;
      if (answer === 0) {
        request.socket.destroy();
        return;
      }
      if (typeof answer === 'object') response.setHeader('retry-after', answer.retryAfter);
      response.writeHead(typeof answer === 'number' ? answer : answer.status).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const subscription = {
    endpoint: `${origin}/push/one`,
    keys: { p256dh: browser.getPublicKey('base64url'), auth: auth.toString('base64url') },
  };
  return { origin, subscription, arrived, answers };
};
