import { lookup } from 'node:dns/promises';
import { request as overHttp } from 'node:http';
import { request as overHttps } from 'node:https';
import { isIP } from 'node:net';
import { isPublic } from '@hive/workspace';

/** What the other side answered; `retryAfterMs` is what it asked for. */
export type Posted = { readonly status: number; readonly retryAfterMs: number | null };

/** What is posted, and what the owner has allowed. */
export type Post = {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Buffer;
  /** Hosts that may have private addresses, any port, and no TLS. */
  readonly localHosts: readonly string[];
  readonly resolve?: (host: string) => Promise<readonly string[]>;
  readonly timeoutMs?: number;
};

/** Nothing was sent: the address is not allowed, or nobody is there. `certain` is false when it may have arrived all the same. */
export class NotPosted extends Error {
  override readonly name = 'NotPosted';
  readonly kind: 'refused' | 'failed';
  readonly certain: boolean;

  constructor(kind: 'refused' | 'failed', message: string, certain = true) {
    super(message);
    this.kind = kind;
    this.certain = certain;
  }
}

const ports = ['', '443', '8443'];
const mostBytes = 65_536;

const systemResolve = async (host: string): Promise<readonly string[]> =>
  (await lookup(host, { all: true })).map(({ address }) => address);

/**
 * Posts to an address outside of this program: HTTPS on its usual ports, to a name that resolves to public addresses only, at the very address that was
 * looked at; no redirect is followed. A host that the owner named as local is exempt from all of it. Throws {@link NotPosted}.
 */
export const postOutside = async (post: Post): Promise<Posted> => {
  const url = URL.parse(post.url);
  if (!url) throw new NotPosted('refused', 'it is no address');
  const host = url.hostname.replace(/^\[|\]$/g, '').toLowerCase();
  const isLocal = post.localHosts.includes(host);
  if (url.username !== '' || url.password !== '')
    throw new NotPosted('refused', 'an address with a password is not used');
  if (!isLocal && url.protocol !== 'https:') throw new NotPosted('refused', 'only HTTPS leaves this machine');
  if (!isLocal && !ports.includes(url.port)) throw new NotPosted('refused', `port ${url.port} is not one of HTTPS`);
  const addresses = isIP(host)
    ? [host]
    : await (post.resolve ?? systemResolve)(host).catch(() => {
        throw new NotPosted('failed', `the name ${host} could not be resolved`);
      });
  if (!isLocal && !addresses.every(isPublic))
    throw new NotPosted('refused', `${host} has an address that is not public; name it under hive.notify.local_hosts`);
  const [address] = addresses;
  if (address === undefined) throw new NotPosted('failed', `the name ${host} has no address`);
  return send(url, { host, address, post });
};

const send = (
  url: URL,
  { host, address, post }: { readonly host: string; readonly address: string; readonly post: Post },
): Promise<Posted> =>
  new Promise((resolve, reject) => {
    let isConnected = false;
    const isSecure = url.protocol === 'https:';
    const sending = (isSecure ? overHttps : overHttp)(
      {
        ...{ method: 'POST', host: address, path: `${url.pathname}${url.search}`, agent: false },
        port: url.port === '' ? (isSecure ? 443 : 80) : url.port,
        ...(isSecure && isIP(host) === 0 && { servername: host }),
        headers: { ...post.headers, host: url.host, 'content-length': Buffer.byteLength(post.body) },
        signal: AbortSignal.timeout(post.timeoutMs ?? 5000),
      },
      (response) => {
        let bytes = 0;
        response.on('data', (chunk: Buffer) => {
          bytes += chunk.length;
          if (bytes > mostBytes) response.destroy(); // what it says does not matter
        });
        response.on('error', () => undefined);
        const seconds = Number(response.headers['retry-after'] ?? NaN);
        resolve({
          status: response.statusCode ?? 0,
          retryAfterMs: Number.isFinite(seconds) ? seconds * 1000 : null,
        });
      },
    );
    sending.once('socket', (socket) => socket.once(isSecure ? 'secureConnect' : 'connect', () => (isConnected = true)));
    sending.once('error', (error: NodeJS.ErrnoException) => {
      const why =
        error.name === 'AbortError' || error.name === 'TimeoutError' ? 'it did not answer in time' : error.message;
      reject(new NotPosted('failed', why, !isConnected));
    });
    sending.end(post.body);
  });
